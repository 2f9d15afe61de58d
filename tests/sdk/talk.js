// A bot as its author would write it, with nothing of bisik in it but the path of the program:
// connects, looks at its contacts, sends, and answers what it is sent. Prints one JSON object for
// each thing that has happened; run.py compares.
'use strict';

const { SignalCli } = require('signal-sdk');

const [program, account, friend] = process.argv.slice(2);
const bot = new SignalCli(program, account);

function tell(what, details) {
  process.stdout.write(JSON.stringify({ what, details }) + '\n');
}

bot.on('error', (error) => tell('error', error.message));
bot.on('message', (params) => {
  const { sourceUuid, dataMessage } = params.envelope;
  if (!dataMessage || !dataMessage.message) return tell('beside', params.envelope);
  tell('message', params);
  answer(sourceUuid, dataMessage).catch((error) => tell('error', error.message));
});

async function answer(uuid, { message: text, timestamp }) {
  const answered = await bot.sendMessage(uuid, `you said: ${text}`);
  tell('answered', answered);
  if (text === 'react') {
    await bot.sendTyping(uuid);
    await bot.sendReceipt(uuid, timestamp);
    tell('reacted', await bot.sendReaction(uuid, uuid, timestamp, '+'));
    await bot.remoteDeleteMessage(uuid, answered.timestamp);
    tell('deleted', null);
  }
  if (text !== 'the end') return;
  await bot.gracefulShutdown();
  tell('ended', null);
}

async function main() {
  await bot.connect();
  tell('connected', await bot.getVersion());
  tell('contacts', await bot.listContacts());
  tell('groups', await bot.listGroups());
  tell('devices', await bot.listDevices());
  tell('identities', await bot.listIdentities());
  tell('sent', await bot.sendMessage(friend, 'hello from a bot'));
  await bot.block([friend]);
  await bot.unblock([friend]);
  await bot.sendReaction(friend, friend, 1, '+').catch((error) => tell('refused', error.message));
  tell('ready', null);
}

main().catch((error) => {
  tell('error', error.message);
  process.exitCode = 1;
});
