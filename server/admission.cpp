#include "server/admission.hpp"

namespace bisik::server {

bool Admission::admit(ConnectionId connection, Time now) {
  if (connections_ >= limits_.connections) return false;
  if (unfinished_.size() >= limits_.unfinished_handshakes) return false;
  ++connections_;
  unfinished_.insert(connection);
  deadlines_.push_back({now.steady + std::chrono::seconds{limits_.handshake_seconds}, connection});
  return true;
}

void Admission::closed(ConnectionId connection) {
  --connections_;
  unfinished_.erase(connection);
}

std::vector<ConnectionId> Admission::overdue(Time now) {
  std::vector<ConnectionId> late;
  while (!deadlines_.empty() && deadlines_.front().at <= now.steady) {
    if (unfinished_.contains(deadlines_.front().connection)) {
      late.push_back(deadlines_.front().connection);
    }
    deadlines_.pop_front();
  }
  return late;
}

}  // namespace bisik::server
