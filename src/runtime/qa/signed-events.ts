import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_LENGTH = 64;

/**
 * The other end of the channel, as text, for a program that has `createHmac` and `writeSync` and a `key` that no test sees: it came over stdin, which was read to its end
 * before any test began. Events go out over descriptor 3, which tests do not have.
 */
export const SEND_SIGNED = `
let serial = 0;

function send(event) {
  const body = JSON.stringify({ serial: serial++, event });
  const line = Buffer.from(createHmac('sha256', key).update(body).digest('hex') + body + '\\n');
  for (let at = 0; at < line.length; ) at += writeSync(3, line, at);
}
`;

/**
 * Takes in the lines of a channel on which a reporter of ours tells what happens: an HMAC in hex, then `{"serial":n,"event":…}`. Tests run with the
 * same rights as the reporter's process, so anything but the reporter's own next event is proof of tampering.
 */
export class SignedEventReader<Event> {
  readonly #key: string;
  readonly events: Event[] = [];
  tampered = false;

  constructor(key: string) {
    this.#key = key;
  }

  /** Returns the event, or undefined if the line is not genuine. */
  read(line: string): Event | undefined {
    const body = line.slice(MAC_LENGTH);
    const event = this.#isGenuine(line.slice(0, MAC_LENGTH), body)
      ? (JSON.parse(body) as { serial: number; event: Event })
      : undefined;
    if (event?.serial !== this.events.length) {
      this.tampered = true;
      return undefined;
    }
    this.events.push(event.event);
    return event.event;
  }

  #isGenuine(mac: string, body: string): boolean {
    const expected = createHmac('sha256', this.#key).update(body).digest('hex');
    return mac.length === MAC_LENGTH && timingSafeEqual(Buffer.from(mac, 'latin1'), Buffer.from(expected, 'latin1'));
  }
}
