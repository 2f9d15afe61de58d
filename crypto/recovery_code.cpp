#include "crypto/recovery_code.hpp"

#include <optional>

#include "crypto/declassify.hpp"
#include "crypto/hash.hpp"

namespace bisik::crypto {
namespace {

constexpr std::string_view kConsonants = "bdfghjklmnprstvz";  // four bits
constexpr std::string_view kVowels = "aiou";                  // two bits
constexpr std::size_t kWordLetters = 5;
constexpr std::size_t kWordBytes = 2;
constexpr std::size_t kChecksumBytes = kWordBytes;

// The code and its checksum: what the words say.
using CheckedBits = Secret<struct CheckedRecoveryBitsTag, RecoveryCode::kSize + kChecksumBytes>;
using Word = std::span<std::uint8_t, kWordLetters>;

// All ones where they are equal, otherwise zeros. Which letter it is must not show in the time that
// it takes, nor in what is read: every letter of an alphabet is looked at.
std::uint32_t if_equal(std::uint32_t a, std::uint32_t b) {
  auto difference = a ^ b;
  asm volatile("" : "+r"(difference));  // or clang sees the comparison in it, and makes a jump
  return ((difference | (0U - difference)) >> 31) - 1U;
}

std::uint8_t letter_at(std::string_view alphabet, std::uint32_t index) {
  std::uint32_t letter = 0;
  for (std::uint32_t i = 0; i < alphabet.size(); ++i) {
    letter |= if_equal(i, index) & static_cast<std::uint8_t>(alphabet[i]);
  }
  return static_cast<std::uint8_t>(letter);
}

struct Place {
  std::uint32_t index = 0;
  std::uint32_t is_there = 0;  // all ones, or zeros
};
Place place_of(std::uint8_t letter, std::string_view alphabet) {
  Place place;
  for (std::uint32_t i = 0; i < alphabet.size(); ++i) {
    const auto here = if_equal(letter, static_cast<std::uint8_t>(alphabet[i]));
    place.index |= here & i;
    place.is_there |= here;
  }
  declassify(place.is_there);  // the person is told of a letter that is none
  return place;
}

void write_word(std::uint32_t bits, Word out) {
  const auto consonant = [&](unsigned shift) {
    return letter_at(kConsonants, (bits >> shift) & 15U);
  };
  const auto vowel = [&](unsigned shift) { return letter_at(kVowels, (bits >> shift) & 3U); };
  out[0] = consonant(12);
  out[1] = vowel(10);
  out[2] = consonant(6);
  out[3] = vowel(4);
  out[4] = consonant(0);
}

// Letters as they come, put together to words.
class WordReader {
 public:
  // False for a letter that has no place here.
  [[nodiscard]] bool take(std::uint8_t letter) {
    const bool is_vowel = letters_ % 2 == 1;
    const auto place = place_of(letter, is_vowel ? kVowels : kConsonants);
    if (letters_ == kWordLetters || place.is_there == 0) return false;
    bits_ = (bits_ << (is_vowel ? 2U : 4U)) | place.index;
    ++letters_;
    return true;
  }
  // False where a word has too few letters. No letters at all are no word, which is fine.
  [[nodiscard]] bool end_word(SecretBuffer& out) {
    if (letters_ == 0) return true;
    if (letters_ != kWordLetters) return false;
    out.append_int(static_cast<std::uint16_t>(bits_));
    bits_ = 0;
    letters_ = 0;
    return true;
  }

 private:
  std::uint32_t bits_ = 0;
  std::size_t letters_ = 0;
};

// Where words end is the same in every code.
bool separates(std::uint8_t letter) { return place_of(letter, "- \t\r\n").is_there != 0; }

std::uint8_t in_lower_case(std::uint8_t letter) {
  const std::uint32_t wide = letter;
  const auto is_other = ((wide - 'A') | ('Z' - wide)) >> 31;  // one of the two is below zero
  return static_cast<std::uint8_t>(wide + ((is_other ^ 1U) << 5));
}

// Two bytes for each word; nothing where a word is none.
std::optional<SecretBuffer> read_words(ByteView typed) {
  SecretBuffer bits;
  WordReader word;
  for (const auto letter : typed) {
    if (separates(letter) ? !word.end_word(bits) : !word.take(in_lower_case(letter))) {
      return std::nullopt;
    }
  }
  if (!word.end_word(bits)) return std::nullopt;
  return bits;
}

ByteArray<kChecksumBytes> checksum_of(ByteView bits) {
  const auto hash = LabelledHash{label::kRecoveryCode}.update(bits).finish();
  return {hash[0], hash[1]};
}

}  // namespace

RecoveryCode RecoveryCode::random() { return RecoveryCode{Bits::random()}; }

Result<RecoveryCode> RecoveryCode::parse(const SecretBuffer& typed) {
  const auto bits = read_words(typed.expose());
  if (!bits || bits->size() != CheckedBits::kSize) return Errc::malformed;
  SecretReader in{*bits};
  RecoveryCode code{in.take_secret<Bits>()};
  const auto different = sodium_memcmp(in.take_array<kChecksumBytes>().data(),
                                       checksum_of(code.bits_.expose()).data(), kChecksumBytes);
  declassify(different);  // the person is told
  if (different != 0) return Errc::malformed;
  return code;
}

RecoveryWords RecoveryCode::words() const {
  SecretBuffer checked;
  checked.append(bits_).append(checksum_of(bits_.expose()));
  return RecoveryWords{RecoveryWords::Letters::fill([&](auto out) {
    Decoder in{checked.expose()};
    std::ranges::fill(out, std::uint8_t{'-'});
    for (std::size_t at = 0; at < out.size(); at += kWordLetters + 1) {
      write_word(in.take_int<std::uint16_t>(), Word{out.data() + at, kWordLetters});
    }
  })};
}

SecretBuffer RecoveryCode::password() const {
  SecretBuffer password;
  password.append(bits_);
  return password;
}

}  // namespace bisik::crypto
