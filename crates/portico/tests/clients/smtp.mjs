// Local mail server for a test: parses mails like a mail program, and prints each as a line of
// JSON. `node smtp.mjs [tls]`; the first line is the port.
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const isSecure = process.argv[2] === 'tls';
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = new SMTPServer({
  // A self-signed certificate, which clients must reject.
  secure: isSecure,
  // The connection is local.
  allowInsecureAuth: true,
  disabledCommands: ['STARTTLS'],
  onAuth({ username, password }, _session, done) {
    const isKnown = username === 'portico' && password === 'p@ss';
    done(isKnown ? null : new Error('unknown'), isKnown ? { user: username } : undefined);
  },
  onRcptTo({ address }, _session, done) {
    done(address.startsWith('gone') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null);
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', async () => {
      const { from, to, subject, text, html, messageId, headers } = await PostalMime.parse(Buffer.concat(chunks));
      const automatic = headers.find(({ key }) => key === 'auto-submitted')?.value;
      const envelope = { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(({ address }) => address) };
      print({ envelope, user: session.user, from, to, subject, text, html, messageId, automatic });
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => print({ port: server.server.address().port }));
// Ends with the process that started it.
process.stdin.on('end', () => process.exit(0)).resume();
