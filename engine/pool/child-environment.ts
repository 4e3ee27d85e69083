/** The variables a worker needs; nothing else of the user's environment reaches it. */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TZ',
  'SystemRoot',
  'NODE_EXTRA_CA_CERTS',
  'NODE_COMPILE_CACHE',
]

/** @returns What a child process of a host is given of the host's own environment. */
export const childEnvironment = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    PASSED_VARIABLES.flatMap(name => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
