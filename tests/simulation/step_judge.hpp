// Judges every step of every client while a relay meddles, by what the relay says that it has
// forged and by what the client keeps:
//
//  - a cell that opens was written for whoever opens it, and opens once;
//  - a frame that is refused leaves every committed row as it was, byte for byte;
//  - what was known is never replaced by what is older;
//  - a contact is "changed" only where two lists were signed, and then with the next message.
#pragma once

#include "tests/simulation/client_party.hpp"
#include "tests/simulation/malicious_relay.hpp"

namespace bisik::simulation {

class StepJudge final : public StepWatch {
 public:
  StepJudge(World& world, const MaliciousRelay& relay) : world_{world}, relay_{relay} {}

  // Before, accounts are made and devices linked: in memory, which a restart would end.
  void begin() { judges_ = true; }

  void took(const ClientParty& client, client::LineId line, crypto::ByteView frame,
            const Rows& rows) override;
  void wrote(const ClientParty& client, const Rows& rows) override;
  void committed(ClientParty& client) override;

  [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }
  [[nodiscard]] std::size_t refused() const noexcept { return refused_; }
  [[nodiscard]] std::size_t alarms() const noexcept { return alarms_; }

 private:
  using Account = std::string;
  using Dump = std::vector<std::pair<client::RowKind, crypto::Bytes>>;

  void report(const ClientParty& client, const std::string& what);
  void judge_push(const ClientParty& client, const proto::pb::Cell& cell, const Rows& rows);
  void judge_forgery(const ClientParty& client, const Forgery& forgery, const Rows& rows);
  void judge_contact(const ClientParty& client, const client::RowWrite& row);
  void expect_alarm(const ClientParty& client, const std::string& cell, const Rows& rows);
  [[nodiscard]] bool is_written_for(const ClientParty& client, const std::string& cell) const;
  [[nodiscard]] bool wakes_believer(const ClientParty& client, const Account& account,
                                    const client::RowWrite& row) const;
  [[nodiscard]] static bool ends_doubt_in_alarm(const ClientParty& client,
                                                const client::RowWrite& row);
  [[nodiscard]] bool may_be_alarmed(const ClientParty& client, const Account& about) const;
  // Empty: it has none yet.
  [[nodiscard]] const Account& account_of(const ClientParty& client);
  [[nodiscard]] static Dump dump(const ClientParty& client);

  // Whoever believes a list that a thief has signed, and cells that were made believing it.
  struct Believer {
    const ClientEnd* who;
    Account about;
    friend auto operator<=>(const Believer&, const Believer&) = default;
  };
  struct Forged {
    std::uint64_t sequence;
    std::string hash;
  };
  struct Tainted {
    Account writer;
    Forged list;  // that it names
  };

  World& world_;
  const MaliciousRelay& relay_;
  bool judges_ = false;
  std::vector<std::string> violations_;
  std::size_t refused_ = 0;
  std::size_t alarms_ = 0;
  std::set<std::pair<const ClientEnd*, std::string>> opened_;
  std::optional<Dump> before_;  // of a step that was refused
  std::map<const ClientEnd*, Account> accounts_;
  std::set<std::string> forged_lists_;  // hashes
  std::set<Believer> shown_;
  std::map<Believer, Forged> believers_;    // in which list
  std::map<std::string, Tainted> tainted_;  // by cell
};

// Whether this write would be a session that was not there before.
[[nodiscard]] bool is_new_session(const ClientParty& client, const client::RowWrite& row);

}  // namespace bisik::simulation
