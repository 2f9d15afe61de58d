// Hands a message to an address over HTTP: one connection each, so that a slow answer holds up only
// its own chat; over TLS where the address says so. 2xx is success; redirections are not followed.
// A host that is a name is looked up for each, on a thread, since looking up blocks.
#pragma once

#include "client/hook/errand.hpp"
#include "client/hook/tls.hpp"
#include "client/hook/webhook.hpp"

namespace bisik::client {

class Posts final : public Errands {
 public:
  // `secret`: what signs. `ca_file`: as TlsTrust has it; throws what that throws.
  Posts(WebhookUrl url, std::string secret, const std::string& ca_file)
      : url_{std::move(url)}, secret_{std::move(secret)} {
    if (url_.tls) trust_ = std::make_unique<TlsTrust>(ca_file);
  }

  [[nodiscard]] std::unique_ptr<Errand> begin(const std::string& json,
                                              Errand::Clock::time_point deadline) override;

 private:
  WebhookUrl url_;
  std::string secret_;
  std::unique_ptr<TlsTrust> trust_;  // with TLS
};

}  // namespace bisik::client
