#include "client/rpc/method.hpp"

#include <algorithm>
#include <array>

#include "client/rpc/handlers.hpp"

namespace bisik::client::rpc {
namespace {

constexpr std::string_view kNothing = "{}";
constexpr std::string_view kSentShape =
    "{timestamp, results: [{recipientAddress: {uuid, number, username}, type, "
    "retryAfterSeconds?}]}";

constexpr Param kRecipient{"recipient", "", Kind::text, true,
                           "A contact: by name, UUID, account id or link"};
constexpr Param kRecipients{"recipient", "recipients", Kind::texts, false,
                            "Contacts: by name, UUID, account id or link"};
constexpr Param kGroups{"groupId", "groupIds", Kind::later, false, "There are no groups yet"};
constexpr Param kAck{"ack", "", Kind::flag, false,
                     "Hand messages out again until `ack` names them; otherwise each counts as "
                     "received once it was written"};
constexpr Param kSince{"since", "", Kind::integer, false,
                       "A cursor: all up to it is acknowledged, and what stands behind it is kept "
                       "until it is acknowledged too. 0 for all"};

constexpr Param kConsumer{"consumer", "", Kind::text, false,
                          "A name under which this one receives: a message stays for it until it "
                          "has acknowledged it, whatever others do. Without: what nobody has "
                          "received"};

constexpr std::array kSend{
    kRecipients,
    kGroups,
    Param{"message", "", Kind::text, false, "The text"},
    Param{"idempotencyKey", "", Kind::text, false,
          "Sent again to the same recipient with the same key within a week, it is not sent twice; "
          "another text under that key is an error, -7"},
    Param{"noteToSelf", "", Kind::flag, false,
          "To this account itself, and so to its other devices: no recipient is needed"},
    Param{"username", "usernames", Kind::later, false, "There are no user names"},
    Param{"attachment", "attachments", Kind::later, false, "There are no attachments yet"},
    Param{"sticker", "", Kind::later, false, "There are no stickers"},
    Param{"viewOnce", "", Kind::later, false, "There are no messages that are shown once"},
    Param{"quoteTimestamp", "", Kind::integer, false,
          "The message that this is an answer to; of one that is not here any more it is sent "
          "without"},
    Param{"quoteAuthor", "", Kind::text, false, "Who has written that: this account, or the other"},
    Param{"editTimestamp", "", Kind::integer, false,
          "A message of this account's, whose text this one replaces"},
    Param{"endSession", "", Kind::later, false, "Sessions heal by themselves: bisik repair"},
};
constexpr std::array kReceive{
    Param{"timeout", "", Kind::seconds, false,
          "Until none came for so long, 3 seconds where it is absent; below 0 a day"},
    Param{"maxMessages", "", Kind::amount, false, "At most so many, and never more than 256"},
    kAck,
    kSince,
    kConsumer,
};
constexpr std::array kSubscribe{kAck, kSince, kConsumer};
constexpr std::array kUnsubscribe{
    Param{"subscription", "", Kind::integer, true, "What subscribeReceive answered"}};
constexpr std::array kAcknowledge{
    Param{"cursor", "", Kind::integer, false, "All up to this one, or"},
    Param{"id", "ids", Kind::texts, false, "these messages, by their ids"},
    Param{"consumer", "", Kind::text, false, "In whose name they were handed out"}};
constexpr std::array kListContacts{kRecipients, Param{"blocked", "", Kind::flag, false,
                                                      "Only those who are, or are not, blocked"}};
constexpr std::array kListIdentities{
    Param{"number", "", Kind::text, false, "Only this contact: by name, UUID, account id or link"}};
constexpr std::array kTrust{
    kRecipient,
    Param{"trustAllKnownKeys", "", Kind::flag, false, "Take keys that have changed as they are"},
    Param{"verifiedSafetyNumber", "", Kind::text, false,
          "60 digits that were compared, or the scanned code in base64"}};
constexpr std::array kPeople{kRecipients, kGroups};
constexpr std::array kOnePerson{kRecipient};
constexpr std::array kAnswerRequest{kRecipients, kGroups,
                                    Param{"type", "", Kind::text, true, "`accept` or `delete`"}};
constexpr std::array kGetUserStatus{
    kRecipients, Param{"username", "usernames", Kind::later, false, "There are no user names"}};
constexpr std::array kUpdateContact{
    kRecipient, Param{"name", "", Kind::text, true, "What it is called from now on"},
    Param{"note", "", Kind::later, false, "There are no notes on contacts"},
    Param{"expiration", "", Kind::later, false, "Nothing expires yet"}};
constexpr std::array kAddDevice{
    Param{"uri", "", Kind::text, true, "The code of the new device: what bisik link shows there"},
    Param{"digits", "", Kind::text, false, "Six, as the new device shows them"}};
constexpr std::array kRemoveDevice{
    Param{"deviceId", "", Kind::integer, true, "Its number, as listDevices shows it"}};

constexpr Param kLinkUri{"deviceLinkUri", "", Kind::text, true, "What startLink answered"};
constexpr std::array kStartLink{
    Param{"relay", "", Kind::text, false,
          "The account's relay, as bisik whoami shows it on the first device; without it what "
          "`--link` says"},
    Param{"history", "", Kind::flag, false, "What was written before comes too"}};
constexpr std::array kAcceptLink{kLinkUri};
constexpr std::array kFinishLink{
    kLinkUri,
    Param{"expectedAccount", "", Kind::text, false,
          "UUID or id of the account that this is to become a device of: then no acceptLink is "
          "needed, and another account's answer is an error, -4"}};

constexpr Param kTarget{"targetTimestamp", "", Kind::integer, true, "The message"};
constexpr std::array kSendReaction{
    kRecipients,
    kGroups,
    Param{"emoji", "", Kind::text, true, "One emoji"},
    Param{"targetAuthor", "", Kind::text, true,
          "Who has written the message: this account, or the other"},
    kTarget,
    Param{"remove", "", Kind::flag, false, "The reaction is withdrawn"}};
constexpr std::array kRemoteDelete{kRecipients, kGroups, kTarget};
constexpr std::array kSendReceipt{
    kRecipient,
    Param{"targetTimestamp", "targetTimestamps", Kind::integers, true, "Messages of theirs"},
    Param{"type", "", Kind::text, false, "`read` or `viewed`, which mean the same"}};
constexpr std::array kSendTyping{kRecipients, kGroups,
                                 Param{"stop", "", Kind::flag, false, "Not any more"}};

constexpr std::array kUpdateProfile{
    Param{"givenName", "", Kind::text, false, "The name, or its beginning"},
    Param{"familyName", "", Kind::text, false, "What stands behind that"},
    Param{"about", "", Kind::later, false, "A profile is a name"},
    Param{"aboutEmoji", "", Kind::later, false, "A profile is a name"},
    Param{"avatar", "", Kind::later, false, "There are no pictures yet"}};

// By what they are for; the reference page keeps this order.
constexpr std::array kMethods{
    Method{"send", "Sends a text. Answers when the relay has it on its disk.", kSentShape, kSend,
           send},
    Method{"receive",
           "Waits for messages and answers with them. Fails with -1 while messages are delivered "
           "as notifications.",
           "[{account, envelope, id, cursor}]", kReceive, receive, OfConversation::receive},
    Method{"subscribeReceive",
           "From now on messages come as notifications with this subscription's number: of the "
           "account that is named, or of all. One at a time for each.",
           "number", kSubscribe, nullptr, OfConversation::subscribe},
    Method{"unsubscribeReceive", "Ends a subscription.", kNothing, kUnsubscribe, nullptr,
           OfConversation::unsubscribe},
    Method{"ack", "Acknowledges messages that were handed out to be kept. Ours.", kNothing,
           kAcknowledge, acknowledge},
    Method{"listContacts", "The people this account knows.",
           "[{number, uuid, username, name, givenName, familyName, nickName, note, color, "
           "isArchived, isBlocked, isHidden, messageExpirationTime, profileSharing, unregistered, "
           "profile}]",
           kListContacts, list_contacts},
    Method{"listIdentities", "What people's keys are known by.",
           "[{number, uuid, fingerprint, safetyNumber, scannableSafetyNumber, trustLevel, "
           "addedTimestamp}]",
           kListIdentities, list_identities},
    Method{"trust", "Says that a safety number was compared, or takes changed keys.", kNothing,
           kTrust, trust},
    Method{"block", "Nothing more is heard of them, and they are not told.", kNothing, kPeople,
           block},
    Method{"unblock", "They are heard again.", kNothing, kPeople, unblock},
    Method{"updateContact", "Calls a contact otherwise, on all devices of this account.", kNothing,
           kUpdateContact, update_contact},
    Method{"removeContact", "Deletes a contact with all that was written.", kNothing, kOnePerson,
           remove_contact},
    Method{"sendMessageRequestResponse", "Accepts or deletes a stranger's request.", kNothing,
           kAnswerRequest, answer_request},
    Method{"getUserStatus", "Whether these are contacts. Of others nobody can know.",
           "[{recipient, number, username, uuid, isRegistered}]", kGetUserStatus, get_user_status},
    Method{"version", "The version of bisik.", "{version}", {}, nullptr, OfConversation::version},
    Method{"listAccounts",
           "The accounts that are served here.",
           "[{number, uuid, name}]",
           {},
           nullptr,
           OfConversation::list_accounts},
    Method{"listDevices",
           "The devices of this account.",
           "[{id, name, createdTimestamp, lastSeenTimestamp}]",
           {},
           list_devices},
    Method{"addDevice",
           "Only on the device that holds the account's key. First with the code alone: the new "
           "device then shows six digits. Then with the digits, as a person has read them there: "
           "it is linked, and the person says so there. Whoever asks stays for 90 seconds, to "
           "tell it who is who.",
           "{digitsWanted?}", kAddDevice, add_device},
    Method{"removeDevice",
           "Only on the device that holds the account's key: that one hears "
           "nothing more.",
           kNothing, kRemoveDevice, remove_device},
    Method{"getState",
           "How this account stands with its relay. Ours.",
           "{joined, relay, reachable, clockOffset, waiting}",
           {},
           get_state},
    Method{"getLimits",
           "What the relay allows. Ours.",
           "{limits: [{name, value, unit, reason}]}",
           {},
           get_limits},
    Method{"listGroups", "There are no groups yet.", "[]", {}, list_groups},
    Method{"sendReaction", "Puts an emoji to a message, in place of an earlier one.", kSentShape,
           kSendReaction, send_reaction},
    Method{"sendReceipt",
           "Says that messages were read, a while later; fails with -1 where the contact is not "
           "told (`bisik receipts`). That they arrived is said without it.",
           kSentShape, kSendReceipt, send_receipt},
    Method{"sendTyping",
           "Says that somebody is typing, for 15 seconds. Answers at once, whether anybody hears "
           "it or not; nothing of it is kept.",
           kSentShape, kSendTyping, send_typing},
    Method{"remoteDelete", "Deletes a message of this account's for everyone.", kSentShape,
           kRemoteDelete, remote_delete},
    Method{"updateGroup", "Not yet: fails with -1.", kSentShape, {}, groups_later},
    Method{"joinGroup", "Not yet: fails with -1.", kSentShape, {}, groups_later},
    Method{"quitGroup", "Not yet: fails with -1.", kSentShape, {}, groups_later},
    Method{"getAttachment", "Not yet: fails with -1.", "{data}", {}, attachments_later},
    Method{"updateProfile", "What this account calls itself: its contacts hear of it.", kNothing,
           kUpdateProfile, update_profile},
    Method{"startLink",
           "Only where the profile has no account yet: begins to make it a device of one. Answers "
           "the code that the first device approves, and that is shown to nobody else.",
           "{deviceLinkUri}", kStartLink, nullptr, OfConversation::start_link},
    Method{"acceptLink",
           "A person has seen that the first device has linked this one, after typing the digits "
           "of `linkDigits` there. Ours.",
           kNothing, kAcceptLink, nullptr, OfConversation::accept_link},
    Method{"finishLink", "Waits until the profile is linked, and answers whose device it is.",
           "{number, uuid, name, deviceId}", kFinishLink, nullptr, OfConversation::finish_link},
};

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* find_method(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name, &Method::name);
  return found == kMethods.end() ? nullptr : &*found;
}

}  // namespace bisik::client::rpc
