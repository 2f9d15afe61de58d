// What a relay has seen and kept: for whoever owns it, more than it needs for its work. Bytes are
// as they were on the wire. Devices are told apart by the hash of their record, so that it does not
// matter how many an account has.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/device_list.hpp"
#include "proto/relay.pb.h"
#include "tests/simulation/network.hpp"

namespace bisik::simulation {

struct Loot {
  struct SentCell {
    std::string queue;
    std::string cell;
  };
  struct RaisedEpoch {
    const ClientEnd* by;
    std::string epoch;
  };
  struct DeviceKeys {
    std::vector<std::string> bundles;  // oldest first
    std::vector<std::string> one_time;
    std::vector<std::string> pq_one_time;
  };

  std::map<std::string, std::vector<std::string>> lists;  // by account; rising sequences
  std::map<std::string, DeviceKeys> devices;              // by hash of the record
  std::map<std::string, crypto::DeviceRecord> records;    // by their hash
  std::map<std::string, const ClientEnd*> readers;        // of queues
  std::vector<RaisedEpoch> epochs;                        // oldest first
  std::vector<SentCell> cells;                            // each once
  std::set<std::pair<std::string, std::string>> genuine;  // queue and cell: written for it

  void keep(const proto::pb::Request& request, const ClientEnd* from);
  // An answer that was not touched yet.
  void keep(const std::string& account, const proto::pb::Bundles& bundles);

  [[nodiscard]] std::optional<crypto::DeviceList> newest_list(const std::string& account) const;
  // The key of `devices`; empty for a device that no list names.
  [[nodiscard]] std::string record_hash(const std::string& account,
                                        crypto::DeviceNumber number) const;

 private:
  void keep_list(const std::string& list);
  void keep_bundle(const std::string& bundle);
};

}  // namespace bisik::simulation
