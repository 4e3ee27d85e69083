/** What `doctor` says of each thing it looked at, and what to do where something is missing. */
export const doctor = {
  'doctor.title': 'What Interleave can use here',
  'doctor.cpu': 'CPU',
  'doctor.cpuQuota': '{quota} of {logical} CPUs',
  'doctor.cpuSource': 'by {source}',
  'doctor.memory': 'Memory',
  'doctor.memoryLimit': '{limit} of {total}, limited',
  'doctor.platform': 'System',
  'doctor.node': 'Node',
  'doctor.sqlite': 'SQLite',
  'doctor.undici': 'HTTP client',
  'doctor.brotli': 'Brotli',
  'doctor.brotliOn': 'offered to servers',
  'doctor.brotliOff':
    'not offered: the decoder of this Node is not safe from hostile servers; gzip, deflate and zstd are',
  'doctor.electron': 'Electron',
  'doctor.redis': 'Redis',
  'doctor.python': 'Python',
  'doctor.withoutGil': 'no GIL',
  'doctor.withGil': 'GIL',
  'doctor.dataDir': 'Data',
  'doctor.free': '{size} free',
  'doctor.descriptors': 'Open files',
  'doctor.unlimited': 'no limit',
  'doctor.none': 'none found',
  'doctor.electronNone': 'none; only the desktop app needs it',
  'doctor.redisNone': 'no server at 127.0.0.1:6379; only loading into Redis and distributed runs need one',
  'doctor.pythonNone': 'none; only comparisons with Python need one',
  'doctor.quotaBelowOne':
    'Less than one CPU is granted here: more processes or threads will not make CPU-bound work faster.',
  'doctor.quotaBelowCpus':
    'Processes and threads default to {quota}, not to the {logical} CPUs that are visible.',
  'doctor.fewDescriptors':
    'Only {count} files and sockets may be open in a process: more than about {inFlight} tasks in flight will wait.',
  'doctor.smallMemory': 'Little memory: keep to one or two processes.',
  'doctor.sqliteUnsafe': 'This SQLite can lose a committed transaction: use a newer Node.',
  'doctor.diskLow': 'Little space is left where runs are kept: choose another place with --data-dir.',
} as const
