/** A `package-lock.json` of version 3: two versions of one package, an alias, a link, a workspace, and a password in an address. */
export const LOCK = {
  name: 'parcels',
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { left: '^1.0.0', alias: 'npm:real@5', inner: '*' }, devDependencies: { '@scope/tool': '2.x' } },
    'node_modules/left': {
      version: '1.0.1',
      license: 'MIT',
      integrity: `sha1-x sha512-${Buffer.alloc(64).toString('base64')}`,
      resolved: 'https://user:secret@registry.example/left.tgz?token=1',
      dependencies: { pad: '1', missing: '1' },
    },
    'node_modules/pad': { version: '1.0.0' },
    'node_modules/alias': { version: '5.0.0', name: 'real', peerDependencies: { pad: '*' } },
    'node_modules/@scope/tool': { version: '2.1.0', dev: true, dependencies: { pad: '2' } },
    'node_modules/@scope/tool/node_modules/pad': { version: '2.0.0', dev: true },
    'node_modules/inner': { resolved: 'inner', link: true },
    inner: { version: '0.0.1' },
  },
};
