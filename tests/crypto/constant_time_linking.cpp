// Linking a device: r, both nonces, all private keys and what is agreed upon are secret. What goes
// through the relay and what the two devices show to everybody in the room is not.

#include "crypto/linking.hpp"
#include "crypto/message_key.hpp"
#include "tests/crypto/constant_time.hpp"

namespace bisik::crypto {
namespace {

constexpr UnixTime kNow{std::chrono::seconds{1'750'000'000}};
constexpr std::size_t kCell = 4096;

Bytes on_the_wire(Bytes cell) {
  declassify(cell);
  return cell;
}

struct Scene {
  AccountKey account = AccountKey::generate();
  NewDevice new_device = NewDevice::create(DhKeyPair::generate().public_key);
  DeviceOffer offer = DeviceOffer::create(shown(new_device.code()), account.verify_key(), 2, kNow);

  // Its secret r stays one: only whoever stands before the screen sees it.
  static LinkingCode shown(LinkingCode code) {
    declassify(code.commitment);
    return code;
  }
  ClaimedDevice claim() {
    const auto opened = new_device.open_offer(on_the_wire(offer.seal_offer(kCell))).value();
    return std::move(new_device).accept(opened);
  }
};

}  // namespace

void linking() {
  Scene scene;
  auto claimed = scene.claim();
  auto revealed = scene.offer.open_reveal(on_the_wire(claimed.seal_reveal(kCell))).value();
  const auto confirmed = std::move(revealed).confirm(claimed.digits()).value();
  auto cell = confirmed.seal_grant(kCell, as_bytes("hello"));
  assert_still_secret(ByteView{cell}.subspan(sizeof(BodySalt), kCommitBytes));
  auto grant = claimed.open_grant(on_the_wire(std::move(cell))).value();
  assert_still_secret(ByteView{grant}.first(5));
  declassify(grant);
  assert(as_text(grant) == "hello");
  const auto device = std::move(claimed).join(confirmed.sign(scene.account)).value();
  assert_still_secret(device.identity_key.secret_key.expose());
}

// Forged in salt, commitment, ciphertext and tag; a commitment that does not fit; other digits.
void linking_refused() {
  Scene scene;
  const auto offer = on_the_wire(scene.offer.seal_offer(kCell));
  for (const std::size_t at : {0UL, 20UL, 100UL, 4095UL}) {
    auto altered = offer;
    altered[at] ^= 1;
    assert(!scene.new_device.open_offer(altered));
  }
  auto code = Scene::shown(scene.new_device.code());
  code.commitment[31] ^= 1;
  const auto misled = DeviceOffer::create(code, scene.account.verify_key(), 2, kNow);
  const auto claimed = scene.claim();
  const auto reveal = on_the_wire(claimed.seal_reveal(kCell));
  assert(!misled.open_reveal(reveal));
  auto revealed = scene.offer.open_reveal(reveal).value();
  const auto other = LinkingDigits::parse(claimed.digits().text() == "000 000" ? "1" : "000000");
  assert(!std::move(revealed).confirm(other.value()));
}

}  // namespace bisik::crypto
