#include "tests/model/succession.hpp"

#include "crypto/successor.hpp"

namespace bisik::model {
namespace {

using crypto::SuccessorClaim;
using crypto::SuccessorStatement;

crypto::AccountKey account_of(const Json& object, const char* field) {
  crypto::SecretBuffer seed;
  seed.append(bytes_of(object, field));
  crypto::SecretReader reader{seed};
  return crypto::AccountKey::read(reader).value();
}

SuccessorClaim claim_of(const Json& succession) {
  const std::chrono::seconds created{succession.at("created").get<std::int64_t>()};
  return {account_of(succession, "old_seed").verify_key(),
          account_of(succession, "new_seed").verify_key(), crypto::UnixTime{created}};
}

// The claim under the signatures of whoever has these seeds, each under the label of its side.
Bytes signed_by(const SuccessorClaim& claim, const Json& seeds) {
  const auto canonical = claim.encode();
  crypto::Encoder out{SuccessorStatement::kSize};
  out.append(canonical);
  out.append(account_of(seeds, "old_seed").sign(crypto::label::kSuccessorByOld, canonical));
  out.append(account_of(seeds, "new_seed").sign(crypto::label::kSuccessorByNew, canonical));
  return {out.bytes().begin(), out.bytes().end()};
}

// What is signed in it.
crypto::Result<Bytes> claim_in(ByteView bytes) {
  const auto statement = SuccessorStatement::parse(bytes);
  if (!statement) return statement.error();
  return Bytes{bytes.begin(), bytes.begin() + SuccessorClaim::kSize};
}

}  // namespace

void play_succession(Json& succession) {
  const auto claim = claim_of(succession);
  const auto statement = signed_by(claim, succession);
  succession["statement"] = to_json(statement);
  for (auto& reading : succession["readings"]) {
    const auto read = reading.contains("edit")       ? edited(statement, reading.at("edit"))
                      : reading.contains("old_seed") ? signed_by(claim, reading)
                                                     : statement;
    put_outcome(reading, claim_in(read));
  }
}

}  // namespace bisik::model
