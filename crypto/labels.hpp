// Every label that separates one use of a hash, a signature or a key derivation from another.
//
// One table, so that a test can prove that all differ. A label is ASCII and begins "bisik/1 ";
// where it is put before other bytes, one zero byte ends it. BLAKE2b personals have exactly 16.
#pragma once

#include "crypto/bytes.hpp"

namespace bisik::crypto {

class Label {
 public:
  consteval explicit Label(std::string_view text) : text_{text} {
    if (!text.starts_with("bisik/1 ")) throw "a label begins with the protocol's name";
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] ByteView bytes() const noexcept { return as_bytes(text_); }

 private:
  std::string_view text_;
};

class Personal {
 public:
  static constexpr std::size_t kSize = 16;
  consteval explicit Personal(std::string_view text) : text_{text} {
    if (text.size() != kSize) throw "BLAKE2b takes exactly 16 bytes";
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return as_bytes(text_).data(); }

 private:
  std::string_view text_;
};

inline constexpr ByteArray<1> kLabelEnd{0};

namespace label {

// signatures
inline constexpr Label kDeviceRecordByAccount{"bisik/1 device record by account"};
inline constexpr Label kDeviceRecordByDevice{"bisik/1 device record by device"};
inline constexpr Label kDeviceList{"bisik/1 device list"};
inline constexpr Label kBundle{"bisik/1 bundle"};
inline constexpr Label kOneTimeKey{"bisik/1 one-time key"};
inline constexpr Label kPqOneTimeKey{"bisik/1 post-quantum one-time key"};
inline constexpr Label kNetworkKey{"bisik/1 network key"};
inline constexpr Label kListPublication{"bisik/1 list publication"};
inline constexpr Label kSuccessorByOld{"bisik/1 successor by old account"};
inline constexpr Label kSuccessorByNew{"bisik/1 successor by new account"};
// hashes
inline constexpr Label kAccountId{"bisik/1 account id"};
inline constexpr Label kDeviceRecordHash{"bisik/1 device record hash"};
inline constexpr Label kDeviceListHash{"bisik/1 device list hash"};
inline constexpr Label kTranscript{"bisik/1 session transcript"};
inline constexpr Label kSealTranscript{"bisik/1 seal transcript"};
inline constexpr Label kSafetyNumber{"bisik/1 safety number"};
inline constexpr Label kKnockStamp{"bisik/1 knock stamp"};
inline constexpr Label kLinkingCommitment{"bisik/1 linking commitment"};
inline constexpr Label kLinkingTranscript{"bisik/1 linking transcript"};
inline constexpr Label kLinkingDigits{"bisik/1 linking digits"};
inline constexpr Label kRecoveryCode{"bisik/1 recovery code"};
inline constexpr Label kBackupHeader{"bisik/1 backup header"};
// key derivations
inline constexpr Label kSessionKeys{"bisik/1 session keys"};
inline constexpr Label kSealKeys{"bisik/1 seal keys"};
inline constexpr Label kRoot{"bisik/1 root"};
inline constexpr Label kWriteKey{"bisik/1 write key"};
inline constexpr Label kOpeningMac{"bisik/1 opening mac"};
inline constexpr Label kVaultTable{"bisik/1 vault table"};
inline constexpr Label kVaultMaster{"bisik/1 vault master"};
inline constexpr Label kLinkingRendezvous{"bisik/1 linking rendezvous"};
inline constexpr Label kLinkingGrant{"bisik/1 linking grant"};
inline constexpr Label kBackupKeys{"bisik/1 backup keys"};
// associated data
inline constexpr Label kLinkingOfferCell{"bisik/1 linking offer cell"};
inline constexpr Label kLinkingRevealCell{"bisik/1 linking reveal cell"};
inline constexpr Label kLinkingGrantCell{"bisik/1 linking grant cell"};
inline constexpr Label kLinkingRefusalCell{"bisik/1 linking refusal cell"};

inline constexpr std::array kAll{
    kDeviceRecordByAccount,
    kDeviceRecordByDevice,
    kDeviceList,
    kBundle,
    kOneTimeKey,
    kPqOneTimeKey,
    kNetworkKey,
    kListPublication,
    kSuccessorByOld,
    kSuccessorByNew,
    kAccountId,
    kDeviceRecordHash,
    kDeviceListHash,
    kTranscript,
    kSealTranscript,
    kSafetyNumber,
    kKnockStamp,
    kLinkingCommitment,
    kLinkingTranscript,
    kLinkingDigits,
    kRecoveryCode,
    kBackupHeader,
    kSessionKeys,
    kSealKeys,
    kRoot,
    kWriteKey,
    kOpeningMac,
    kVaultTable,
    kVaultMaster,
    kLinkingRendezvous,
    kLinkingGrant,
    kBackupKeys,
    kLinkingOfferCell,
    kLinkingRevealCell,
    kLinkingGrantCell,
    kLinkingRefusalCell,
};

}  // namespace label

namespace personal {

inline constexpr Personal kChain{"bisik/1 chain   "};
inline constexpr Personal kMessage{"bisik/1 message "};
inline constexpr Personal kOpening{"bisik/1 opening "};
inline constexpr Personal kVaultRowId{"bisik/1 row id  "};
inline constexpr Personal kPassword{"bisik/1 password"};
inline constexpr Personal kStateEpoch{"bisik/1 epoch   "};

inline constexpr std::array kAll{kChain, kMessage, kOpening, kVaultRowId, kPassword, kStateEpoch};

}  // namespace personal

}  // namespace bisik::crypto
