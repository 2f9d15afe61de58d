#include "tests/simulation/strain.hpp"

namespace bisik::simulation {

Strains& Strains::operator+=(const Strains& other) {
  full_disks += other.full_disks;
  overloads += other.overloads;
  quotas += other.quotas;
  slow_readers += other.slow_readers;
  endured += other.endured;
  return *this;
}

std::string to_text(const Strains& strains) {
  const auto& [undone, busy, quota, cut] = strains.endured;
  const auto text = [](std::size_t number) { return std::to_string(number); };
  return text(strains.full_disks) + " full disks (" + text(undone) + " batches undone), " +
         text(strains.overloads) + " overloads (" + text(busy) + " busy), " + text(strains.quotas) +
         " tight quotas (" + text(quota) + " full), " + text(strains.slow_readers) +
         " slow readers (" + text(cut) + " cut)";
}

void Straining::begin_one() {
  switch (world_.below(4)) {
    case 0:
      ++begun_.full_disks;
      relay_.fill_disk();
      return until_later([this] { relay_.make_room(); });
    case 1:
      ++begun_.overloads;
      relay_.overload(true);
      return until_later([this] { relay_.overload(false); });
    case 2:
      ++begun_.quotas;
      relay_.tighten_quotas(true);
      return until_later([this] { relay_.tighten_quotas(false); });
    default:
      break;
  }
  ++begun_.slow_readers;
  auto& client = *clients_[world_.below(clients_.size())];
  network_.slow_down(client, 200 + world_.below(2'000));
  until_later([this, &client] { network_.speed_up(client); });
}

void Straining::until_later(std::function<void()> end) {
  world_.after(world_.between(Duration{1'000}, Duration{60'000}), std::move(end));
}

void Straining::end_all() {
  relay_.make_room();
  relay_.overload(false);
  relay_.tighten_quotas(false);
  for (const auto& client : clients_) network_.speed_up(*client);
}

Strains Straining::so_far() const {
  auto strains = begun_;
  strains.endured = relay_.endured();
  return strains;
}

}  // namespace bisik::simulation
