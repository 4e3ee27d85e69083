/** The tour, and what its numbers show. */
export const demo = {
  'demo.intro':
    'Every model on the same work: pages of a local site that answers like a distant one, then CPU-bound tasks; and a file loaded into SQLite.',
  'demo.step': '{at} of {of}  {kind}  {model}',
  'demo.pages': 'pages of a local site',
  'demo.kernel': 'prime numbers',
  'demo.lines': 'generated lines into SQLite',
  'demo.work': 'work',
  'demo.model': 'model',
  'demo.speedUp': 'against sequential',
  'demo.notRun': 'not run: no time left',
  'demo.noteLoop':
    'Crawl: one loop with {inFlight} in flight did {ratio} the work of one request at a time, since {waiting} of each request’s time was waiting.',
  'demo.noteCrawl': 'Crawl: against one loop with as many in flight, which was {busy} busy, {verdicts}.',
  'demo.verdictHelped': '{model} helped ({ratio})',
  'demo.verdictSame': '{model} changed little ({ratio})',
  'demo.verdictCost': '{model} cost throughput ({ratio})',
  'demo.verdictSeparator': ', ',
  'demo.noteCpu': 'CPU: {workers} {model} on {cpus} CPUs did {ratio} the work of one.',
  'demo.noteCpuLess':
    'CPU: {workers} {model} on {cpus} CPUs did only {ratio} the work of one; less than the CPUs allow.',
  'demo.noteDigest': 'CPU: every model computed the same (digest {digest}).',
  'demo.noteDigestWrong':
    'CPU: the models did not compute the same. This is a fault of Interleave: please report it.',
  'demo.noteLoad':
    'Load: {count} lines were in an SQLite file after {elapsed} ({rate}), and every one was read back and found as it was.',
  'demo.noteLoadWrong':
    'Load: the SQLite file does not hold what was loaded. This is a fault of Interleave: please report it.',
  'demo.noteFailed':
    '{count} of {pages} pages failed under every model: the site answers them with an error on purpose, and nothing was retried.',
  'demo.noteSample': 'Sequential crawled a sample of {count} pages.',
  'demo.noteStopped':
    'This machine was slow or busy: some runs were stopped early, and count with what they had done.',
  'demo.noteShared': 'Times run from the first task to the last result; the site shared this machine’s CPUs.',
  'demo.next': 'Next: interleave crawl urls.txt --out results.jsonl',
} as const
