/** Modules that run in processes and threads of their own. */
export type EntryName =
  'worker-process' | 'worker-thread' | 'sqlite-writer' | 'reader' | 'records' | 'table' | 'site'

/** @returns Where an entry is: beside the bundle, or among the sources when they are run as they are. */
export type EntryResolver = (name: EntryName) => URL

/** @returns The folder of the built dashboard. */
export const pagesBeside = (entries: EntryResolver): URL => {
  const entry = entries('worker-process')
  return new URL(entry.pathname.endsWith('.ts') ? '../../out/renderer/' : '../renderer/', entry)
}

/**
 * @param hostUrl `import.meta.url` of the host's own entry, or of another one: bundles keep entries in one folder, sources in
 * `headless/entries/`.
 */
export const entriesBeside =
  (hostUrl: string): EntryResolver =>
  name =>
    hostUrl.endsWith('.ts') ? new URL(`../entries/${name}.ts`, hostUrl) : new URL(`./${name}.js`, hostUrl)
