#include "server/limits.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "crypto/limits.hpp"

namespace bisik::server {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;
constexpr std::uint64_t kTiB = 1024 * kGiB;
constexpr std::uint64_t kDaySeconds = 24 * 3600;

// What clients of this version do without asking first; a relay that allows less would refuse them
// their ordinary work.
constexpr std::uint64_t kClientSilence = 120;  // between two pings, twice
constexpr std::uint64_t kClientCells = 64;     // in flight
constexpr std::uint64_t kClientLinkCells = 2'048;

constexpr std::array kTable{
    LimitLine{"connections", &Limits::connections, "connections", 16, 1'000'000,
              "files that one process may have open, less what the relay needs itself"},
    LimitLine{"unfinished_handshakes", &Limits::unfinished_handshakes, "connections", 8, 100'000,
              "whoever connects and says nothing must not keep others out"},
    LimitLine{"connections_per_prefix", &Limits::connections_per_prefix, "connections", 1,
              1'000'000, "one /32 or /64 may be a school; it must not be everybody"},
    LimitLine{"unfinished_handshakes_per_prefix", &Limits::unfinished_handshakes_per_prefix,
              "connections", 1, 100'000, "one prefix alone must not use up what all have"},
    LimitLine{"handshakes_per_prefix_per_minute", &Limits::handshakes_per_prefix_per_minute,
              "connections", 10, 10'000'000,
              "a script that connects for every message, twenty times a second"},
    LimitLine{"bytes_per_prefix_per_second", &Limits::bytes_per_prefix_per_second, "bytes",
              64 * kKiB, kGiB, "read more slowly above it: 2,000 small cells a second"},
    LimitLine{"handshake", &Limits::handshake_seconds, "seconds", 1, 300,
              "two round trips on the slowest network in use"},
    LimitLine{"silence", &Limits::silence_seconds, "seconds", kClientSilence, kDaySeconds,
              "a connection that nobody pings is taken for dead"},
    LimitLine{"requests_in_flight", &Limits::requests_in_flight, "requests", kClientCells, 16'384,
              "of one connection: fills a batch, and no more than that"},
    LimitLine{"subscriptions_per_connection", &Limits::subscriptions_per_connection, "queues", 4,
              1'024, "mailbox, knock queue and rendezvous queues of one device, with room"},
    LimitLine{"refused_queues_per_connection", &Limits::refused_queues_per_connection, "queues", 1,
              100'000, "each is remembered; whoever is refused everywhere is guessing"},
    LimitLine{"unsent_bytes", &Limits::unsent_bytes, "bytes", 256 * kKiB, kGiB,
              "of one connection: a reader slower than this is disconnected, not buffered"},
    LimitLine{"unsent_bytes_of_all", &Limits::unsent_bytes_of_all, "bytes", 4 * kMiB, kTiB,
              "of everybody: above it those who have most waiting for them are disconnected"},
    LimitLine{"waiting_requests", &Limits::waiting_requests, "requests", 256, 10'000'000,
              "of everybody: what is behind is answered \"again later\""},
    LimitLine{"waiting_bytes", &Limits::waiting_bytes, "bytes", kMiB, 64 * kGiB,
              "of everybody: memory for cells on their way to the disk"},
    LimitLine{"push_window_cells", &Limits::push_window_cells, "cells", 1, 65'536,
              "pushed to a reader and not acknowledged: a batch at its end"},
    LimitLine{"push_window_bytes", &Limits::push_window_bytes, "bytes", 2 * proto::kLargeCellBytes,
              256 * kMiB, "the same in bytes: 10 MB/s at a round trip of 100 ms"},
    LimitLine{"mailbox_cells", &Limits::mailbox_cells, "cells", 16, 10'000'000,
              "a month of 600 messages a day for a device that is off"},
    LimitLine{"mailbox_bytes", &Limits::mailbox_bytes, "bytes", kMiB, kTiB,
              "what one account may make the relay keep in a queue"},
    LimitLine{"knock_cells", &Limits::knock_cells, "cells", 1, 10'000, "strangers write here"},
    LimitLine{"rendezvous_cells", &Limits::rendezvous_cells, "cells", 4, 1'000,
              "linking a device takes three"},
    LimitLine{"cell_lifetime", &Limits::cell_days, "days", 30, 30, "in a mailbox; kept to the day"},
    LimitLine{"knock_cell_lifetime", &Limits::knock_cell_days, "days", 1, 30,
              "in a knock queue: what strangers wrote must not keep others out for a month"},
    LimitLine{"rendezvous_lifetime", &Limits::rendezvous_seconds, "seconds", 15 * 60, 3'600,
              "two people typing a code; what is left of it afterwards is of use to nobody"},
    LimitLine{"queues_per_account", &Limits::queues_per_account, "queues", 16, 4'096,
              "mailbox and knock queue of eight devices; rendezvous queues are counted apart"},
    LimitLine{"rendezvous_queues_per_account", &Limits::rendezvous_queues_per_account, "queues", 2,
              1'024, "two for each attempt at linking a device"},
    LimitLine{"write_keys_per_queue", &Limits::write_keys_per_queue, "keys", 32, 65'536,
              "one for each link that is still open"},
    LimitLine{"write_key_cells", &Limits::write_key_cells, "cells", kClientLinkCells, 1'000'000,
              "of a key that is limited at all; others have none"},
    LimitLine{"write_key_lifetime", &Limits::write_key_seconds, "seconds", 31 * kDaySeconds,
              366 * kDaySeconds, "an old secret's 30 days and a day of wrong clocks"},
    LimitLine{"one_time_keys", &Limits::one_time_keys, "keys", 2 * crypto::kOneTimeKeyBatch, 1'000,
              "two full batches and what is left of a third"},
    LimitLine{"pq_one_time_keys", &Limits::pq_one_time_keys, "keys", 2 * crypto::kPqOneTimeKeyBatch,
              1'000, "two full batches and what is left of a third"},
    LimitLine{"invites_per_day", &Limits::invites_per_day, "invites", 0, 1'000'000,
              "of one account: a school class a day, with room"},
    LimitLine{"invite_uses", &Limits::invite_uses, "accounts", 1, proto::kMaxInviteUses,
              "of one invite"},
    LimitLine{"invite_lifetime", &Limits::invite_seconds, "seconds", 7 * kDaySeconds,
              366 * kDaySeconds, "whoever has not come in a month asks again"},
    LimitLine{"grants_per_day", &Limits::grants_per_day, "grants", 0, 1'000'000,
              "of one account: as many group queues, and whose they are nobody knows"},
    LimitLine{"grant_lifetime", &Limits::grant_seconds, "seconds", 7 * kDaySeconds,
              366 * kDaySeconds,
              "spent so much later that nobody can tell by the time who drew it"},
    LimitLine{"group_cells", &Limits::group_cells, "cells", 256, 1'000'000,
              "in one group queue: what a large group writes in a week"},
    LimitLine{"group_bytes", &Limits::group_bytes, "bytes", kMiB, kTiB,
              "the same in bytes: nobody can be asked to read it away"},
    LimitLine{"group_queue_lifetime", &Limits::group_queue_seconds, "seconds", 8 * kDaySeconds,
              366 * kDaySeconds,
              "takes cells: a week until the next one, and a day of wrong clocks"},
    LimitLine{"server_views_per_hour", &Limits::server_views_per_hour, "answers", 1, 10'000,
              "each reads every row of the account"},
    LimitLine{"fetches_per_prefix_per_hour", &Limits::fetches_per_prefix_per_hour, "answers", 60,
              10'000'000, "whoever asks for everybody is making a list of who is here"},
    LimitLine{"one_time_keys_per_target_per_hour", &Limits::one_time_keys_per_target_per_hour,
              "keys", 1, 10'000, "then last-resort keys are given, so that nobody can use them up"},
};
static_assert(sizeof(Limits) == kTable.size() * sizeof(std::uint64_t), "a limit without a line");

}  // namespace

std::span<const LimitLine> limit_table() { return kTable; }

const LimitLine& find_limit(std::string_view name) {
  const auto* found = std::ranges::find(kTable, name, &LimitLine::name);
  assert(found != kTable.end());
  return *found;
}

}  // namespace bisik::server
