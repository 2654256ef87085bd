import type { ContentBlock, SessionUpdate } from '@agentclientprotocol/sdk';

/** Characters that are kept: the first, which say how it began. */
const MAX = 1_000_000;

/** What an agent said and did, in lines, as far as it tells: for people who ask why it came out as it did. */
export class Transcript {
  readonly #parts: string[] = [];
  #length = 0;
  #speaker: string | undefined;

  add(update: SessionUpdate): void {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return this.#said('agent', update.content);
      case 'agent_thought_chunk':
        return this.#said('thought', update.content);
      case 'tool_call':
        return this.note(`${update.kind ?? 'other'}: ${update.title}${placesOf(update.locations)}`);
      case 'tool_call_update':
        return this.note(`${update.toolCallId}: ${update.status ?? 'goes on'}${placesOf(update.locations)}`);
      case 'plan':
        return this.note(`plan: ${update.entries.map(({ content, status }) => `${content} (${status})`).join('; ')}`);
      default:
        return undefined;
    }
  }

  note(line: string): void {
    this.#speaker = undefined;
    this.#push(`\n[${line.replaceAll(/\s+/g, ' ').slice(0, 2_000)}]`);
  }

  text(): string {
    const text = this.#parts.join('').trim();
    return text === '' ? '' : `${text}\n`;
  }

  #said(speaker: string, content: ContentBlock): void {
    const words = content.type === 'text' ? content.text : `[${content.type}]`;
    this.#push(this.#speaker === speaker ? words : `\n${speaker}: ${words}`);
    this.#speaker = speaker;
  }

  #push(text: string): void {
    if (this.#length >= MAX) return;
    const kept = text.slice(0, MAX - this.#length);
    this.#length += text.length;
    this.#parts.push(this.#length > MAX ? `${kept}\n[more was left out]` : kept);
  }
}

const placesOf = (locations: readonly { path: string }[] | null | undefined): string =>
  locations == null || locations.length === 0 ? '' : ` (${locations.map(({ path }) => path).join(', ')})`;
