#include "server/limits.hpp"

#include <array>

namespace bisik::server {
namespace {

constexpr std::array kTable{
    LimitLine{"connections", &Limits::connections, "connections",
              "files that one process may have open, less what the relay needs itself"},
    LimitLine{"unfinished_handshakes", &Limits::unfinished_handshakes, "connections",
              "whoever connects and says nothing must not keep others out"},
    LimitLine{"handshake", &Limits::handshake_seconds, "seconds",
              "two round trips on the slowest network in use"},
    LimitLine{"silence", &Limits::silence_seconds, "seconds",
              "a connection that nobody pings is taken for dead"},
    LimitLine{"requests_in_flight", &Limits::requests_in_flight, "requests",
              "of one connection: fills a batch, and no more than that"},
    LimitLine{"subscriptions_per_connection", &Limits::subscriptions_per_connection, "queues",
              "mailbox, knock queue and rendezvous queues of one device, with room"},
    LimitLine{"refused_queues_per_connection", &Limits::refused_queues_per_connection, "queues",
              "each is remembered; whoever is refused everywhere is guessing"},
    LimitLine{"unsent_bytes", &Limits::unsent_bytes, "bytes",
              "of one connection: a reader slower than this is disconnected, not buffered"},
    LimitLine{"waiting_requests", &Limits::waiting_requests, "requests",
              "of everybody: what is behind is answered \"again later\""},
    LimitLine{"waiting_bytes", &Limits::waiting_bytes, "bytes",
              "of everybody: memory for cells on their way to the disk"},
    LimitLine{"push_window_cells", &Limits::push_window_cells, "cells",
              "pushed to a reader and not acknowledged: a batch at its end"},
    LimitLine{"push_window_bytes", &Limits::push_window_bytes, "bytes",
              "the same in bytes: 10 MB/s at a round trip of 100 ms"},
    LimitLine{"mailbox_cells", &Limits::mailbox_cells, "cells",
              "a month of 600 messages a day for a device that is off"},
    LimitLine{"mailbox_bytes", &Limits::mailbox_bytes, "bytes",
              "what one account may make the relay keep in a queue"},
    LimitLine{"knock_cells", &Limits::knock_cells, "cells", "strangers write here"},
    LimitLine{"rendezvous_cells", &Limits::rendezvous_cells, "cells",
              "linking a device takes three"},
    LimitLine{"cell_lifetime", &Limits::cell_days, "days", "in a mailbox; kept to the day"},
    LimitLine{"knock_cell_lifetime", &Limits::knock_cell_days, "days",
              "in a knock queue: what strangers wrote must not keep others out for a month"},
    LimitLine{"rendezvous_lifetime", &Limits::rendezvous_seconds, "seconds",
              "two people typing a code; what is left of it afterwards is of use to nobody"},
    LimitLine{"queues_per_account", &Limits::queues_per_account, "queues",
              "mailbox and knock queue of eight devices; rendezvous queues are counted apart"},
    LimitLine{"rendezvous_queues_per_account", &Limits::rendezvous_queues_per_account, "queues",
              "two for each attempt at linking a device"},
    LimitLine{"write_keys_per_queue", &Limits::write_keys_per_queue, "keys",
              "one for each link that is still open"},
    LimitLine{"write_key_cells", &Limits::write_key_cells, "cells",
              "of a key that is limited at all; others have none"},
    LimitLine{"write_key_lifetime", &Limits::write_key_seconds, "seconds",
              "an old secret's 30 days and a day of wrong clocks"},
    LimitLine{"one_time_keys", &Limits::one_time_keys, "keys",
              "two full batches and what is left of a third"},
    LimitLine{"pq_one_time_keys", &Limits::pq_one_time_keys, "keys",
              "two full batches and what is left of a third"},
    LimitLine{"invites_per_day", &Limits::invites_per_day, "invites",
              "of one account: a school class a day, with room"},
    LimitLine{"invite_uses", &Limits::invite_uses, "accounts", "of one invite"},
    LimitLine{"invite_lifetime", &Limits::invite_seconds, "seconds",
              "whoever has not come in a month asks again"},
    LimitLine{"server_views_per_hour", &Limits::server_views_per_hour, "answers",
              "each reads every row of the account"},
    LimitLine{"fetches_per_target_per_hour", &Limits::fetches_per_target_per_hour, "answers",
              "every contact of a popular account, each hour"},
    LimitLine{"one_time_keys_per_target_per_hour", &Limits::one_time_keys_per_target_per_hour,
              "keys", "then last-resort keys are given, so that nobody can use them up"},
};
static_assert(sizeof(Limits) == kTable.size() * sizeof(std::uint64_t), "a limit without a line");

}  // namespace

std::span<const LimitLine> limit_table() { return kTable; }

}  // namespace bisik::server
