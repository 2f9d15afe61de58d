#include "tests/model/linking.hpp"

#include <stdexcept>

namespace bisik::model {
namespace {

using crypto::DhKeyPair;
using crypto::DhSecretKey;

// Of a linking's primary.
crypto::AccountKey account_of(const Json& linking) {
  crypto::SecretBuffer seed;
  crypto::SecretReader in{seed.append(bytes_of(linking, "account_seed"))};
  return crypto::AccountKey::read(in).value();
}

crypto::NewDevice new_device_of(const Json& linking) {
  const auto network = DhKeyPair::from(secret_of<DhSecretKey>(linking, "network_private"));
  const NamedRandomness drawing{linking.at("new_device"), kNewDeviceDraws};
  return crypto::NewDevice::create(network.public_key);
}

crypto::DeviceOffer offer_of(const Json& linking, const crypto::LinkingCode& code,
                             const crypto::AccountKey& account) {
  const crypto::UnixTime created{std::chrono::seconds{linking.at("created").get<std::int64_t>()}};
  const NamedRandomness drawing{linking.at("primary"), kPrimaryDraws};
  return crypto::DeviceOffer::create(code, account.verify_key(),
                                     linking.at("device").get<crypto::DeviceNumber>(), created);
}

Json public_queue(const crypto::RendezvousQueue& queue) {
  return {{"queue", to_json(queue.id.bytes)},
          {"read_key", to_json(queue.read_key.bytes())},
          {"write_key", to_json(queue.write_key.bytes())},
          {"cell_key", to_json(queue.cell_key.expose())}};
}

// Adds "cell", which `seal` makes of a size.
template <class Seal>
Bytes put_cell(Json& message, const Seal& seal) {
  const NamedRandomness drawing{message.at("draws"), kCellDraws};
  auto cell = seal(message.at("size").get<std::size_t>());
  message["cell"] = to_json(cell);
  return cell;
}

// Adds to each of `bads` how `open` refuses it.
template <class Open>
void put_refusals(Json& bads, const Json& genuine, const Open& open) {
  for (auto& bad : bads) {
    const auto opened = open(cell_of(bad, genuine));
    put_outcome(bad, opened ? crypto::Result<Bytes>{Bytes{}} : opened.error());
  }
}

}  // namespace

Bytes cell_of(const Json& bad, const Json& genuine) {
  if (bad.contains("cell")) return bytes_of(bad, "cell");
  return edited(bytes_of(genuine, "cell"), bad.at("edit"));
}

void play_linking(Json& linking) {
  const auto account = account_of(linking);
  auto new_device = new_device_of(linking);
  const auto code = new_device.code();
  linking["link"] = {{"ephemeral", to_json(code.ephemeral.bytes)},
                     {"commitment", to_json(code.commitment)},
                     {"secret", to_json(code.secret.bytes())}};
  linking["rendezvous"] = {{"offer", public_queue(new_device.rendezvous().offer)},
                           {"answer", public_queue(new_device.rendezvous().answer)}};

  const auto offer = offer_of(linking, code, account);
  auto& offered = linking.at("offer");
  const auto offer_cell = put_cell(offered, [&](auto size) { return offer.seal_offer(size); });
  put_refusals(linking["bad_offers"], offered,
               [&](const Bytes& cell) { return new_device.open_offer(cell); });
  const auto opened = new_device.open_offer(offer_cell).value();
  auto claimed = std::move(new_device).accept(opened);

  auto& revealed = linking.at("reveal");
  const auto reveal_cell = put_cell(revealed, [&](auto size) { return claimed.seal_reveal(size); });
  put_refusals(linking["bad_reveals"], revealed,
               [&](const Bytes& cell) { return offer.open_reveal(cell); });
  linking["digits"] = claimed.digits().text();
  const auto confirmed = offer.open_reveal(reveal_cell).value().confirm(claimed.digits()).value();

  auto& granted = linking.at("grant");
  const auto content = bytes_of(granted, "content");
  const auto grant_cell =
      put_cell(granted, [&](auto size) { return confirmed.seal_grant(size, content); });
  if (claimed.open_grant(grant_cell).value() != content) throw std::logic_error{"another grant"};
  put_refusals(linking["bad_grants"], granted,
               [&](const Bytes& cell) { return claimed.open_grant(cell); });

  const auto device = std::move(claimed).join(confirmed.sign(account)).value();
  linking["record"] = to_json(device.record.bytes());
}

}  // namespace bisik::model
