import manifest from 'undici/package.json' with { type: 'json' }

/** The HTTP client that workers use, as it was installed or bundled; Node's own copy is another one. */
export const undiciVersion: string = manifest.version
