import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_LENGTH = 64;

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
