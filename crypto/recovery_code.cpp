#include "crypto/recovery_code.hpp"

#include <optional>

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

void write_word(std::uint32_t bits, Word out) {
  const auto consonant = [&](unsigned shift) {
    return static_cast<std::uint8_t>(kConsonants[(bits >> shift) & 15U]);
  };
  const auto vowel = [&](unsigned shift) {
    return static_cast<std::uint8_t>(kVowels[(bits >> shift) & 3U]);
  };
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
    const auto alphabet = is_vowel ? kVowels : kConsonants;
    const auto found = alphabet.find(static_cast<char>(letter));
    if (letters_ == kWordLetters || found == std::string_view::npos) return false;
    bits_ = (bits_ << (is_vowel ? 2U : 4U)) | static_cast<std::uint32_t>(found);
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

bool separates(std::uint8_t letter) {
  return letter == '-' || letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

std::uint8_t in_lower_case(std::uint8_t letter) {
  const bool is_upper = letter >= 'A' && letter <= 'Z';
  return is_upper ? static_cast<std::uint8_t>(letter - 'A' + 'a') : letter;
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
  if (in.take_array<kChecksumBytes>() != checksum_of(code.bits_.expose())) return Errc::malformed;
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
