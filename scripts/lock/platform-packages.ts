interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  libc?: string[];
  engines?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

type Packages = Record<string, LockedPackage>;

export interface Lock {
  packages: Packages;
}

/**
 * The lock file, fit for `npm ci` on every platform and under every Node. Two habits of npm stand in the way. It leaves out
 * packages of other platforms that the registry at hand could not deliver, and then refuses the file for their absence. And it skips
 * a platform's package that asks for a newer Node than npm itself runs on, though here the pinned Node will load it.
 */
export function withEveryPlatform<T extends Lock>(lock: T): T {
  const packages = Object.entries({ ...lock.packages, ...missing(lock.packages) })
    .map(([path, locked]): [string, LockedPackage] => [path, isForPlatform(locked) ? withoutEngines(locked) : locked])
    .toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(packages) };
}

function missing(packages: Packages): Packages {
  const known = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  const added: Packages = {};
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (!known.has(name)) added[`node_modules/${name}`] = entry(name, version, parent);
    }
  }
  return added;
}

/** Without a digest, which only the registry knows: such a package is checked by its version alone where it is installed. */
function entry(name: string, version: string, parent: LockedPackage): LockedPackage {
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}: only an exact version can be added, not ${version}`);
  return { version, ...platform(name), ...(parent.dev === true ? { dev: true } : {}), optional: true };
}

/** Platform packages carry their platform in their name: `binding-linux-arm64-musl`. */
function platform(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const match =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|aarch64|armv7|arm|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-(\w+))?$/.exec(
      name,
    );
  if (match === null) throw new Error(`${name}: names no platform; is it missing from the registry?`);
  const [, os = '', cpu = '', abi = ''] = match;
  const libc = os === 'linux' && abi !== '' ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { cpu: [CPUS[cpu] ?? cpu], ...libc, os: [os] };
}

/** Names that Node has for what others call otherwise. */
const CPUS: Readonly<Record<string, string>> = { aarch64: 'arm64', armv7: 'arm' };

function isForPlatform({ optional, os, cpu }: LockedPackage): boolean {
  return optional === true && (os !== undefined || cpu !== undefined);
}

function withoutEngines({ engines: _, ...locked }: LockedPackage): LockedPackage {
  return locked;
}
