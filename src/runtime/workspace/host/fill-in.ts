/** What `${name}` stands for in a definition. */
export interface Given {
  /** Base URL of the gateway, as the agent's wire wants it. */
  gateway: string;
  /** What it sends as its key: worth nothing elsewhere. */
  token: string;
  model: string;
  home: string;
}

/** Puts in what the host gives; what is not known stays as it is. */
export function fillIn(text: string, given: Given): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (place, name: string) => (isGiven(name) ? given[name] : place));
}

function isGiven(name: string): name is keyof Given {
  return ['gateway', 'token', 'model', 'home'].includes(name);
}
