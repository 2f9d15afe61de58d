// A linking between the same two devices in every run, and somebody who has seen the code and so
// can write what he likes into the rendezvous: what a corpus made once is about.
#pragma once

#include "crypto/sodium.hpp"
#include "tests/crypto/linking_scene.hpp"
#include "tests/crypto/seeded_random.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {

class LinkingStage {
 public:
  [[nodiscard]] static const LinkingStage& fixed() {
    initialise();
    static const LinkingStage stage{SeededRandom{1}};
    return stage;
  }

  LinkingScene scene;
  LinkingCode code = scene.new_device.code();
  CodeThief thief{code};
  NewDevice waiting = NewDevice::create(scene.network_key);  // for an offer; nobody has claimed it
  CodeThief waiting_thief{waiting.code()};
  LinkingOffer offer;    // what the primary of the scene says
  LinkingReveal reveal;  // what its new device answers

 private:
  explicit LinkingStage(const SeededRandom&)
      : offer{scene.new_device.open_offer(scene.offer.seal_offer(kLinkingCell)).value()},
        reveal{thief.read(std::move(scene.new_device).accept(offer))} {}
};

}  // namespace bisik::crypto::fuzz
