#include "proto/frame.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include "proto/validate.hpp"

namespace bisik::proto {
namespace {

// Protobuf would write to stderr about text that is not UTF-8, which is a peer's choice to make;
// whoever calls us gets an error instead. It has to be told before there are threads.
[[maybe_unused]] const auto kSilenced = google::protobuf::SetLogHandler(nullptr);

template <class Message>
Result<Message> decode(ByteView bytes, std::size_t max_bytes) {
  if (bytes.size() > max_bytes) return Errc::too_large;
  google::protobuf::io::CodedInputStream in{bytes.data(), static_cast<int>(bytes.size())};
  in.SetRecursionLimit(kMaxDepth);
  Message message;
  if (!message.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) return Errc::malformed;
  if (!valid(message)) return Errc::malformed;
  return message;
}

}  // namespace

Result<pb::Request> decode_request(ByteView frame) {
  return decode<pb::Request>(frame, kMaxFrameBytes);
}

Result<pb::FromRelay> decode_from_relay(ByteView frame) {
  return decode<pb::FromRelay>(frame, kMaxFrameBytes);
}

Result<pb::Content> decode_content(ByteView bytes) {
  return decode<pb::Content>(bytes, kMaxContentBytes);
}

Result<pb::LinkGrant> decode_link_grant(ByteView bytes) {
  return decode<pb::LinkGrant>(bytes, kMaxContentBytes);
}

Result<pb::BackupContact> decode_backup_contact(ByteView bytes) {
  return decode<pb::BackupContact>(bytes, kMaxContentBytes);
}

Result<pb::BackupMessage> decode_backup_message(ByteView bytes) {
  return decode<pb::BackupMessage>(bytes, kMaxContentBytes);
}

Result<pb::BackupLink> decode_backup_link(ByteView bytes) {
  return decode<pb::BackupLink>(bytes, kMaxContentBytes);
}

Result<pb::LinkPayload> decode_link_payload(ByteView bytes) {
  return decode<pb::LinkPayload>(bytes, kMaxLinkBytes);
}

Result<pb::Opening> decode_opening(ByteView bytes) {
  return decode<pb::Opening>(bytes, kMaxOpeningBytes);
}

Result<pb::Answer> decode_answer(ByteView bytes) {
  return decode<pb::Answer>(bytes, kMaxAnswerBytes);
}

Bytes encode(const google::protobuf::MessageLite& message) {
  Bytes bytes(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(bytes.data());
  return bytes;
}

Result<void> seal_message(Channel& channel, const google::protobuf::MessageLite& message,
                          Bytes& out) {
  const auto size = message.ByteSizeLong();
  if (size > kMaxFrameBytes) return Errc::too_large;
  const auto before = out.size();
  out.resize(before + Channel::record_bytes(size));
  const auto record = MutableBytes{out}.subspan(before);
  message.SerializeWithCachedSizesToArray(record.data() + kLengthBytes);
  const auto sealed = channel.seal_in_place(record);
  if (!sealed) out.resize(before);
  return sealed;
}

}  // namespace bisik::proto
