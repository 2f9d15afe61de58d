// The code that opens a backup: 128 random bits as words that a person writes down and types again.
//
//     kuzof-bidad-...                  nine words of five letters, 16 bits each
//
// The words are proquints (arXiv:0901.4016): consonant, vowel, consonant, vowel, consonant out of
// 16 and 4 letters, so that they can be read aloud in most languages. The ninth holds the first 16
// bits of a hash of the others: a slip is told at once, before Argon2id has run.
#pragma once

#include <string_view>

#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

// The one form in which a code leaves crypto/: it is shown to the person, once, and wiped.
class RecoveryWords {
 public:
  static constexpr std::size_t kSize = 9 * 5 + 8;

  [[nodiscard]] std::string_view text() const noexcept { return as_text(letters_.expose()); }

 private:
  friend class RecoveryCode;
  using Letters = Secret<struct RecoveryLettersTag, kSize>;
  explicit RecoveryWords(Letters letters) : letters_{std::move(letters)} {}

  Letters letters_;
};

class RecoveryCode {
 public:
  static constexpr std::size_t kSize = 16;

  [[nodiscard]] static RecoveryCode random();
  // Words in any case, between any number of blanks, line ends and '-'. malformed: another letter
  // than these, another number of words, or a checksum that does not fit.
  [[nodiscard]] static Result<RecoveryCode> parse(const SecretBuffer& typed);

  [[nodiscard]] RecoveryWords words() const;  // lower case, between '-'
  // What is stretched to a key (crypto/backup.hpp): the 16 bytes, not the words.
  [[nodiscard]] SecretBuffer password() const;

  [[nodiscard]] RecoveryCode duplicate() const { return RecoveryCode{bits_.duplicate()}; }
  friend bool equal(const RecoveryCode& a, const RecoveryCode& b) noexcept {
    return equal(a.bits_, b.bits_);
  }

 private:
  using Bits = Secret<struct RecoveryBitsTag, kSize>;
  explicit RecoveryCode(Bits bits) : bits_{std::move(bits)} {}

  Bits bits_;
};

}  // namespace bisik::crypto
