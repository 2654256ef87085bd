/** A package that the product uses. */
export interface PackageComponent {
  /** Package URL; unique. */
  id: string;
  name: string;
  /** Undefined where no lock file says which. */
  version: string | undefined;
  /** What the product asks for, where nothing says what it got. */
  range: string | undefined;
  license: string | undefined;
  /** SHA-512 in hex, of the package's archive. */
  sha512: string | undefined;
  /** Where the archive is fetched from. */
  resolved: string | undefined;
  /** Needed to make the product, not to use it. */
  development: boolean;
  /** Ids of the packages that it uses. */
  uses: readonly string[];
}

/** https://github.com/package-url/purl-spec, type `npm`; undefined for what is no name of a package. */
export function packageUrl(name: string, version?: string): string | undefined {
  if (!/^(?:@[\w.~-]+\/)?[\w.~-]+$/.test(name) || name.length > 214) return undefined;
  return `pkg:npm/${name.replace(/^@/, '%40')}${version === undefined ? '' : `@${encodeURIComponent(version)}`}`;
}
