#include "tests/simulation/thief.hpp"

#include <algorithm>

#include "crypto/message_key.hpp"
#include "tests/simulation/client_party.hpp"

namespace bisik::simulation {
namespace {

using client::RowKind;
using crypto::Bytes;
using crypto::ByteView;

constexpr int kKinds = 40;  // as many as a vault has room for
constexpr int kSteps = 2;   // from a chain key to the message keys after it
constexpr std::size_t kHeader = 104;
// Of a chain's place in the dialogue (docs/protocol.md, 6.3).
constexpr std::array<std::size_t, 3> kKemParts{0, 24 + 1'184 + 16, 24 + 1'184 + 1'088 + 16};

struct AcceptsAgain final : crypto::AcceptedTranscripts {
  [[nodiscard]] bool contains(const crypto::Transcript&) const override { return false; }
};

std::optional<crypto::Session> session_in(ByteView state) {
  crypto::SecretBuffer buffer;
  buffer.append(state);
  crypto::SecretReader in{buffer};
  auto session = crypto::Session::read(in);
  if (!session) return std::nullopt;
  return std::move(*session);
}

crypto::Session copy_of(const crypto::Session& session) { return *session_in(dump(session)); }

template <class S>
S secret_of(const crypto::ByteArray<32>& bytes) {
  return S::fill([&](auto out) { std::ranges::copy(bytes, out.begin()); });
}

}  // namespace

Bytes dump(const crypto::Session& session) {
  crypto::SecretBuffer out;
  session.write(out);
  return {out.expose().begin(), out.expose().end()};
}

Thief::Thief(const storage::DiskImage& folder, crypto::UnixTime now) : now_{now} {
  const storage::PowerCutVfs vfs{folder};
  const auto vault =
      client::ClosedVault{std::make_unique<storage::ClientStore>("/profile.db", vfs.name())}.open(
          key_file());
  take_rows(*vault);
  identity_ = client::Identity::read(*vault->get(RowKind::profile, {}));
  key_ring_.load(*vault);
  for (const auto& row : vault->all(RowKind::session)) {
    const auto session = row.expose().subspan(client::SessionBook::kBytesBeforeSession);
    sessions_.push_back(*session_in(session));
  }
}

void Thief::take_rows(const client::Vault& vault) {
  for (int kind = 1; kind < kKinds; ++kind) {
    for (const auto& row : vault.all(static_cast<RowKind>(kind))) add_row(row.expose());
  }
}

void Thief::add_row(ByteView row) {
  rows_.emplace_back(row.begin(), row.end());
  keys_.clear();
}

std::vector<crypto::FirstMessage> Thief::unsealed(ByteView cell) const {
  std::vector<crypto::FirstMessage> opened;
  for (const auto& generation : key_ring_.generations()) {
    if (auto first = crypto::open_first_message(generation.seal, cell)) {
      opened.push_back(std::move(*first));
    }
  }
  return opened;
}

crypto::Result<crypto::Session::Accepted> Thief::respond(const crypto::FirstMessage& first) const {
  const auto named = key_ring_.find(first.handshake.origin.ids);
  if (!named) return crypto::Errc::unknown_prekey;
  return crypto::Session::respond(named->of(identity_->device), first, AcceptsAgain{}, now_);
}

bool Thief::opens(ByteView cell) const {
  const auto in_a_session = [this](ByteView message) {
    return std::ranges::any_of(sessions_, [&](const crypto::Session& session) {
      return static_cast<bool>(copy_of(session).open(message, now_));
    });
  };
  return in_a_session(cell) || std::ranges::any_of(unsealed(cell), [&](const auto& first) {
           return in_a_session(first.ratchet_message) || static_cast<bool>(respond(first));
         });
}

bool Thief::follows(ByteView cell) {
  const auto in_a_session = [this](ByteView message) {
    return std::ranges::any_of(sessions_, [&](crypto::Session& session) {
      return static_cast<bool>(session.open(message, now_));
    });
  };
  keys_.clear();
  if (in_a_session(cell)) return true;
  for (const auto& first : unsealed(cell)) {
    if (in_a_session(first.ratchet_message)) return true;
    if (auto accepted = respond(first)) {
      sessions_.push_back(std::move(accepted->session));
      return true;
    }
  }
  return false;
}

const std::vector<crypto::MessageKey>& Thief::keys() {
  if (!keys_.empty()) return keys_;
  std::vector<crypto::ByteArray<32>> windows;
  const auto take = [&](const Bytes& row) {
    for (std::size_t at = 0; at + 32 <= row.size(); ++at) {
      std::ranges::copy_n(row.begin() + static_cast<std::ptrdiff_t>(at), 32,
                          windows.emplace_back().begin());
    }
  };
  std::ranges::for_each(rows_, take);
  for (const auto& session : sessions_) take(dump(session));
  std::ranges::sort(windows);
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  for (const auto& window : windows) {
    keys_.push_back(secret_of<crypto::MessageKey>(window));
    auto chain = secret_of<crypto::ChainKey>(window);
    for (int i = 0; i < kSteps; ++i) {
      auto step = crypto::step(chain);
      keys_.push_back(std::move(step.message_key));
      chain = std::move(step.next);
    }
  }
  return keys_;
}

bool Thief::guesses(ByteView cell) {
  if (guesses_ratchet_message(cell)) return true;
  return std::ranges::any_of(unsealed(cell), [this](const auto& first) {
    return guesses_ratchet_message(first.ratchet_message);
  });
}

bool Thief::guesses_ratchet_message(ByteView message) {
  Contexts contexts;
  for (const auto& session : sessions_) {
    const auto& t = session.transcript();
    contexts.push_back(crypto::associated_data(t, session.ours(), session.theirs()));
    contexts.push_back(crypto::associated_data(t, session.theirs(), session.ours()));
  }
  for (const auto kem_part : kKemParts) {
    if (message.size() < kHeader + kem_part) continue;
    const auto header = message.first(kHeader);
    const auto part = message.subspan(kHeader, kem_part);
    const auto body = message.subspan(kHeader + kem_part);
    for (const auto& associated : contexts) {
      const crypto::BodyContext context{associated, header, part};
      const auto fits = [&](const auto& key) {
        return static_cast<bool>(crypto::open_body(key, context, body));
      };
      if (std::ranges::any_of(keys(), fits)) return true;
    }
  }
  return false;
}

}  // namespace bisik::simulation
