// What each method asks of the owner, and the shape of what it answers.
#include "client/problem.hpp"
#include "client/rpc/method.hpp"
#include "tests/client/rpc/speaker.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using Verify = proto::pb::VerifyCommand;

constexpr const char* kBobsUuid = "22222222-2222-8222-a222-222222222222";

struct Recipient {
  ExitCode code = ExitCode::done;
  std::uint32_t retry_after = 0;
};
ApiReply sent(const std::vector<Recipient>& recipients) {
  ApiReply reply;
  reply.mutable_sent()->set_timestamp_ms(77);
  for (const auto& each : recipients) {
    auto& recipient = *reply.mutable_sent()->add_recipients();
    recipient.set_account(std::string(32, '\x22'));
    if (each.code == ExitCode::done) continue;
    recipient.mutable_failure()->set_exit_code(static_cast<std::uint32_t>(each.code));
    recipient.mutable_failure()->set_sentence("why");
    recipient.mutable_failure()->set_retry_after_seconds(each.retry_after);
  }
  return reply;
}

Json send_to(const std::vector<Recipient>& recipients) {
  Speaker alice;
  alice.call(1, "send", R"({"recipients":["a","b"],"message":"hi"})");
  alice.answer(alice.asked(), sent(recipients));
  return alice.only();
}

ApiReply contact(const std::string& name, char byte) {
  ApiReply reply;
  reply.mutable_contact()->set_name(name);
  reply.mutable_contact()->set_account(std::string(32, byte));
  reply.mutable_contact()->set_state(proto::pb::CONTACT_STATE_ACCEPTED);
  return reply;
}

// One of the replies to a list.
void add(Speaker& speaker, const ApiRequest& request, ApiReply reply) {
  reply.set_number(request.number());
  speaker.conversation.reply(reply);
}

ApiReply safety_number(proto::pb::Trust trust) {
  ApiReply reply;
  auto& number = *reply.mutable_safety_number();
  number.set_name("bob");
  number.set_digits("12345 67890");
  number.set_scannable("\xfb\xff\xfe\x01");
  number.set_trust(trust);
  number.set_account(std::string(32, '\x22'));
  return reply;
}

TEST(RpcSend, AsksForOneMessageToAllUnderAKeyOfItsOwn) {
  Speaker alice;
  alice.call(1, "send",
             R"({"recipients":["bob","carol"],"message":"hi","textStyle":["0:1:BOLD"]})");
  const auto first = alice.asked();
  ASSERT_EQ(first.send().recipients_size(), 2);
  EXPECT_EQ(first.send().recipients(1), "carol");
  EXPECT_EQ(first.send().text(), "hi");
  EXPECT_TRUE(first.send().generated_key());
  alice.call(2, "send", R"({"recipient":"bob","message":"hi"})");
  EXPECT_NE(alice.asked().send().idempotency_key(), first.send().idempotency_key());
  alice.call(3, "send", R"({"recipient":"bob","message":"hi","idempotencyKey":"k"})");
  const auto keyed = alice.asked();
  EXPECT_EQ(keyed.send().idempotency_key(), "k");
  EXPECT_FALSE(keyed.send().generated_key());
}

TEST(RpcSend, ListsEachRecipientIfAnyWasReached) {
  const auto answer = send_to({{}, {ExitCode::rate, 5}});
  const auto& result = answer["result"];
  EXPECT_EQ(result["timestamp"], 77);
  ASSERT_EQ(result["results"].size(), 2U);
  EXPECT_EQ(result["results"][0].dump(),
            std::string{R"({"recipientAddress":{"uuid":")"} + kBobsUuid +
                R"(","number":null,"username":null},"type":"SUCCESS"})");
  EXPECT_EQ(result["results"][1]["type"], "RATE_LIMIT_FAILURE");
  EXPECT_EQ(result["results"][1]["retryAfterSeconds"], 5);
}

TEST(RpcSend, FailsWithWhatAllHaveInCommon) {
  struct Case {
    ExitCode code;
    int error;
    const char* type;
  };
  for (const auto& each : {Case{ExitCode::user, -1, "UNREGISTERED_FAILURE"},
                           Case{ExitCode::unexpected, -32603, "NETWORK_FAILURE"},
                           Case{ExitCode::relay, -3, "NETWORK_FAILURE"},
                           Case{ExitCode::untrusted, -4, "IDENTITY_FAILURE"},
                           Case{ExitCode::rate, -5, "RATE_LIMIT_FAILURE"},
                           Case{ExitCode::refused, -6, "UNREGISTERED_FAILURE"}}) {
    const auto error = send_to({{each.code}, {each.code}})["error"];
    EXPECT_EQ(error["code"], each.error);
    EXPECT_EQ(error["data"]["response"]["results"][1]["type"], each.type);
  }
  EXPECT_EQ(send_to({{ExitCode::relay}, {ExitCode::untrusted}})["error"]["code"], -1);
}

// Who had it told that the person is not registered would give up the person.
TEST(RpcSend, AMessageThatIsMissingIsNoFaultOfTheRecipients) {
  auto missing = sent({{ExitCode::user}, {ExitCode::user}});
  for (auto& recipient : *missing.mutable_sent()->mutable_recipients()) {
    recipient.mutable_failure()->set_of_message(true);
  }
  auto one_is_missing = missing;
  one_is_missing.mutable_sent()->mutable_recipients(1)->mutable_failure()->clear_of_message();
  for (const auto& each : {missing, one_is_missing}) {
    Speaker alice;
    alice.call(1, "remoteDelete", R"({"recipients":["a","b"],"targetTimestamp":1})");
    alice.answer(alice.asked(), each);
    const auto error = alice.only()["error"];
    EXPECT_EQ(error["code"], -1);
    EXPECT_EQ(error["message"], "why");
    EXPECT_EQ(error["data"].is_null(), each.sent().recipients(1).failure().of_message());
  }
}

TEST(RpcSend, AKeyOfAnotherMessageIsAnErrorOfItsOwn) {
  Speaker alice;
  alice.call(1, "send", R"({"recipient":"bob","message":"hi","idempotencyKey":"k"})");
  alice.fail(alice.asked(), static_cast<std::uint32_t>(ExitCode::conflict));
  EXPECT_EQ(alice.error(), -7);
}

TEST(RpcSend, WhatItCannotCarryIsRefusedAndNothingIsSent) {
  for (const auto* more : {R"("attachments":["/tmp/a"])", R"("groupId":"x=")", R"("viewOnce":true)",
                           R"("sticker":"a:1")"}) {
    Speaker alice;
    alice.call(1, "send", R"({"recipient":"bob","message":"hi",)" + std::string{more} + "}");
    EXPECT_EQ(alice.error(), -1) << more;
    EXPECT_TRUE(alice.all_asked().empty());
  }
  Speaker alice;
  alice.call(1, "send", R"({"message":"hi"})");
  EXPECT_EQ(alice.error(), -32602);
}

TEST(RpcPeople, ContactsHaveEveryFieldAndAreListedOnce) {
  Speaker alice;
  alice.call(1, "listContacts");
  const auto request = alice.asked();
  add(alice, request, contact("bob", '\x22'));
  add(alice, request, contact("bob", '\x22'));
  add(alice, request, contact("carol", '\x33'));
  alice.done(request);
  const auto result = alice.result();
  ASSERT_EQ(result.size(), 2U);
  std::vector<std::string> keys;
  for (const auto& [key, value] : result[0].items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"number", "uuid", "username", "name", "givenName",
                                            "familyName", "nickName", "note", "color", "isArchived",
                                            "isBlocked", "isHidden", "messageExpirationTime",
                                            "profileSharing", "unregistered", "profile"}));
  EXPECT_EQ(result[0]["uuid"], kBobsUuid);
  EXPECT_EQ(result[0]["number"], nullptr);
}

TEST(RpcPeople, ContactsAreFilteredByRecipientAndBlock) {
  Speaker alice;
  for (const auto* filter : {R"("recipient":"carol")", R"("blocked":true)"}) {
    alice.call(1, "listContacts", std::string{"{"} + filter + "}");
    const auto request = alice.asked();
    add(alice, request, contact("bob", '\x22'));
    auto carol = contact("carol", '\x33');
    carol.mutable_contact()->set_blocked(true);
    add(alice, request, carol);
    alice.done(request);
    const auto result = alice.result();
    ASSERT_EQ(result.size(), 1U) << filter;
    EXPECT_EQ(result[0]["name"], "carol");
  }
}

TEST(RpcPeople, EachRecipientIsBlockedAndOneFailureIsTheAnswer) {
  Speaker alice;
  alice.call(1, "block", R"({"recipient":["bob","carol"]})");
  auto requests = alice.all_asked();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].block().name(), "carol");
  EXPECT_FALSE(requests[1].block().unblock());
  alice.answer(requests[0], contact("bob", '\x22'));
  EXPECT_TRUE(alice.heard().empty());
  alice.fail(requests[1], 1);
  EXPECT_EQ(alice.error(), -1);
  alice.call(2, "unblock", R"({"recipient":"bob"})");
  const auto request = alice.asked();
  EXPECT_TRUE(request.block().unblock());
  alice.answer(request, contact("bob", '\x22'));
  EXPECT_EQ(alice.result(), Json::object());
}

TEST(RpcPeople, ARequestIsAcceptedOrDeleted) {
  Speaker alice;
  alice.call(1, "sendMessageRequestResponse", R"({"recipient":"eve","type":"accept"})");
  EXPECT_EQ(alice.asked().accept().name(), "eve");
  alice.call(2, "sendMessageRequestResponse", R"({"recipient":"eve","type":"delete"})");
  const auto removal = alice.asked();
  EXPECT_EQ(removal.remove().name(), "eve");
  EXPECT_FALSE(removal.remove().contact());
  alice.call(3, "sendMessageRequestResponse", R"({"recipient":"eve","type":"frame"})");
  EXPECT_EQ(alice.error(), -32602);
}

TEST(RpcPeople, WhoeverIsAContactIsRegistered) {
  Speaker alice;
  alice.call(1, "getUserStatus", R"({"recipient":["bob","nobody"]})");
  const auto requests = alice.all_asked();
  ASSERT_EQ(requests.size(), 2U);
  alice.answer(requests[0], safety_number(proto::pb::TRUST_UNVERIFIED));
  alice.fail(requests[1], 1);
  const auto result = alice.result();
  EXPECT_EQ(result[0]["isRegistered"], true);
  EXPECT_EQ(result[0]["uuid"], kBobsUuid);
  EXPECT_EQ(result[1]["recipient"], "nobody");
  EXPECT_EQ(result[1]["isRegistered"], false);
}

TEST(RpcIdentities, AreThoseOfAllContacts) {
  Speaker alice;
  alice.call(1, "listIdentities");
  const auto listing = alice.asked();
  add(alice, listing, contact("bob", '\x22'));
  alice.done(listing);
  const auto asking = alice.asked();
  EXPECT_EQ(asking.verify().name(), std::string(64, '2'));
  EXPECT_EQ(asking.verify().action(), Verify::ACTION_SHOW);
  alice.answer(asking, safety_number(proto::pb::TRUST_CHANGED));
  const auto result = alice.result();
  ASSERT_EQ(result.size(), 1U);
  EXPECT_EQ(result[0]["safetyNumber"], "1234567890");
  EXPECT_EQ(result[0]["scannableSafetyNumber"], "+//+AQ==");
  EXPECT_EQ(result[0]["trustLevel"], "UNTRUSTED");
}

// What trust asks last, after the safety number was shown.
std::optional<Verify::Action> trusting(const std::string& params, proto::pb::Trust trust) {
  Speaker alice;
  alice.call(1, "trust", params);
  alice.answer(alice.asked(), safety_number(trust));
  const auto requests = alice.all_asked();
  if (requests.empty()) return std::nullopt;
  return requests.at(0).verify().action();
}

TEST(RpcIdentities, AreTrustedByTheRightNumberAlone) {
  const auto with = [](const std::string& number) {
    return R"({"recipient":"bob","verifiedSafetyNumber":")" + number + "\"}";
  };
  const auto now = proto::pb::TRUST_UNVERIFIED;
  EXPECT_EQ(trusting(with("1234567890"), now), Verify::ACTION_CONFIRM);
  EXPECT_EQ(trusting(with("12345 67890"), now), Verify::ACTION_CONFIRM);
  EXPECT_EQ(trusting(with("+//+AQ=="), now), Verify::ACTION_CONFIRM);
  EXPECT_EQ(trusting(with("1234567891"), now), std::nullopt);
  Speaker alice;
  alice.call(1, "trust", with("1234567891"));
  alice.answer(alice.asked(), safety_number(now));
  EXPECT_EQ(alice.error(), -1);
}

TEST(RpcIdentities, KeysThatHaveNotChangedNeedNoTrust) {
  constexpr const char* kAll = R"({"recipient":"bob","trustAllKnownKeys":true})";
  EXPECT_EQ(trusting(kAll, proto::pb::TRUST_CHANGED), Verify::ACTION_TRUST);
  EXPECT_EQ(trusting(kAll, proto::pb::TRUST_UNVERIFIED), std::nullopt);
  Speaker alice;
  alice.call(1, "trust", R"({"recipient":"bob"})");
  EXPECT_EQ(alice.error(), -32602);
}

TEST(RpcAboutUs, DevicesLimitsAndStateAreListed) {
  Speaker alice;
  ApiReply reply;
  alice.call(1, "listDevices");
  auto request = alice.asked();
  reply.mutable_device()->set_number(2);
  reply.mutable_device()->set_created_unix_seconds(3);
  add(alice, request, reply);
  alice.done(request);
  EXPECT_EQ(alice.result().dump(),
            R"([{"id":2,"name":null,"createdTimestamp":3000,"lastSeenTimestamp":null}])");
  alice.call(2, "getLimits");
  request = alice.asked();
  reply.mutable_limit()->set_name("cells");
  reply.mutable_limit()->set_value(7);
  add(alice, request, reply);
  alice.done(request);
  EXPECT_EQ(alice.result()["limits"][0]["value"], 7);
  alice.call(3, "getState");
  request = alice.asked();
  reply.mutable_status()->set_waiting(4);
  alice.answer(request, reply);
  EXPECT_EQ(alice.result()["waiting"], 4);
  alice.call(4, "listAccounts");
  EXPECT_EQ(alice.result()[0]["uuid"], "11111111-1111-8111-9111-111111111111");
  alice.call(5, "listGroups");
  EXPECT_EQ(alice.result(), Json::array());
}

TEST(RpcAboutUs, ADeviceIsRemovedByItsNumber) {
  Speaker alice;
  alice.call(1, "removeDevice", R"({"deviceId":2})");
  EXPECT_EQ(alice.asked().remove_device().number(), 2U);
  alice.call(2, "removeDevice", R"({"deviceId":4294967296})");
  EXPECT_EQ(alice.error(), -32602);
}

// The request that began it is not at its end: it tells the new device who is who.
TEST(RpcAboutUs, ADeviceIsAddedByItsCodeAndThenByItsDigits) {
  Speaker alice;
  alice.call(1, "addDevice", R"({"uri":"bisik://code"})");
  const auto approval = alice.asked();
  EXPECT_EQ(approval.approve().code(), "bisik://code");
  proto::pb::ApiReply wanted;
  wanted.set_number(approval.number());
  wanted.mutable_digits_wanted();
  alice.conversation.reply(wanted);
  EXPECT_EQ(alice.result(), (Json{{"digitsWanted", true}}));
  alice.call(2, "addDevice", R"({"uri":"bisik://code","digits":"482 913"})");
  const auto confirmation = alice.asked();
  EXPECT_EQ(confirmation.confirm_digits().digits(), "482 913");
  proto::pb::ApiReply granted;
  granted.set_number(approval.number());
  granted.mutable_link_granted()->set_device(2);
  alice.conversation.reply(granted);
  alice.done(confirmation);
  EXPECT_EQ(alice.result(), Json::object());
  alice.done(approval);
  EXPECT_TRUE(alice.heard().empty());
  EXPECT_TRUE(alice.conversation.take_cancels().empty());
}

TEST(RpcAboutUs, ACodeThatIsNoneIsAnErrorOfWhoeverGaveIt) {
  Speaker alice;
  alice.call(1, "addDevice", R"({"uri":"nonsense"})");
  alice.fail(alice.asked(), 1);
  EXPECT_EQ(alice.error(), -1);
}

TEST(RpcPeople, AContactIsRenamed) {
  Speaker alice;
  alice.call(1, "updateContact", R"({"recipient":"bob","name":"Robert","expiration":0})");
  const auto request = alice.asked();
  EXPECT_EQ(request.rename().name(), "bob");
  EXPECT_EQ(request.rename().new_name(), "Robert");
  alice.done(request);
  EXPECT_EQ(alice.result(), Json::object());
  alice.call(2, "updateContact", R"({"recipient":"bob"})");
  EXPECT_EQ(alice.error(), -32602);
  alice.call(3, "updateContact", R"({"recipient":"bob","name":"Robert","note":"tall"})");
  EXPECT_EQ(alice.error(), -1);
}

TEST(RpcLater, WhatBisikHasNotYetSaysSo) {
  for (const auto& method : methods()) {
    if (!method.doc.starts_with("Not yet") && !method.doc.starts_with("Takes a person")) continue;
    Speaker alice;
    alice.call(1, std::string{method.name}, R"({"recipient":"bob","emoji":"x"})");
    EXPECT_EQ(alice.error(), -1) << method.name;
    EXPECT_TRUE(alice.all_asked().empty()) << method.name;
  }
}

}  // namespace
}  // namespace bisik::client::rpc
