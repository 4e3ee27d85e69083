import type { crawlFields } from '../../model/fields/crawl.ts'
import type { cpuFields } from '../../model/fields/cpu.ts'
import type { loadFields } from '../../model/fields/load.ts'
import type { parallelismFields } from '../../model/fields/parallelism.ts'
import type { Field } from '../../model/field.ts'

type FieldKey =
  keyof typeof crawlFields | keyof typeof loadFields | keyof typeof cpuFields | keyof typeof parallelismFields

/** One line for each option of a job, for `--help` and for the form. */
export const fields = {
  'field.model': 'the concurrency model',
  'field.processes': 'worker processes; unset: the CPU quota for processes and hybrid, else 1',
  'field.threads': 'worker threads in each process; unset: the CPU quota for threads, 2 for hybrid, else 1',
  'field.inFlight': 'semaphore permits of each event loop; unset: 64 for crawl, 4 batches for load, else 1',
  'field.partition':
    'work pulled on demand, contiguous ranges, or every n-th record, each worker reading everything',
  'field.order': 'order of results: as tasks complete, or as the input has them',

  'field.column': 'column of a .csv or .tsv list that holds the URL, by name or by number from 1',
  'field.field': 'member of each .jsonl record that holds the URL',
  'field.unique': 'fetch each URL once; repeats are skipped',
  'field.spool': 'keep a copy of standard input, so that the run can be resumed',
  'field.method': 'request method',
  'field.headers': 'request header "Name: value"; may be repeated',
  'field.userAgent': 'value of the User-Agent header',
  'field.okStatus': 'statuses that count as ok, such as 200-399,404',
  'field.timeoutMs': 'most time for one attempt, redirects and body included; a retry begins anew',
  'field.retries': 'attempts after the first, for errors that may pass',
  'field.maxBodyBytes': 'largest body that is read, as it comes over the wire',
  'field.perHost': 'most requests in flight to one host; unset: 2 for public hosts, no cap for private ones',
  'field.ratePerSec': 'most requests a second over the whole run, retries and redirects included',
  'field.delayMs': 'pause between two requests to one host',
  'field.robots': 'obey robots.txt; unset: only where links or sitemaps are followed',
  'field.extract': 'what to take out of each page',
  'field.privateNetwork': 'let redirects lead to private addresses',
  'field.insecure': 'accept invalid certificates',

  'field.to':
    'where records go: redis://host:port/db, redis+unix:///path.sock?db=0, sqlite:file.db?table=t, jsonl:file or null: to drop them; unset: sqlite: and the name of the first file',
  'field.format': 'how the input is cut into records; auto looks at its content and its name',
  'field.encoding': 'encoding of the input; auto looks at its bytes; gbk is read as gb18030',
  'field.key': 'key of each record: text with {index}, {line}, {field:NAME} and {hash} in it; unset: {index}',
  'field.value':
    'value of each record, written like the key; unset: {line}, or every field where the destination has columns',
  'field.trim': 'strip white space around each record, as Python’s str.strip() does',
  'field.command': 'what each record does in Redis',
  'field.score': 'score of each record, written like the key; zadd needs it',
  'field.batch': 'most records that are sent together; auto leaves it to the destination',
  'field.maxRejects':
    'rejected records that are let pass, as a number or a percentage, judged after 10,000 records and at the end; more stop the load',
  'field.invalidBytes':
    'records that are not valid in their encoding: reject them, or keep them byte for byte',
  'field.dryRun': 'read and encode everything and write nothing; shows the first commands',
  'field.verify': 'when all is loaded, read the input again and compare it with the destination',

  'field.kernel': 'what each task computes',
  'field.tasks': 'number of tasks',
  'field.size': 'work in a task, in the kernel’s own unit; unset: about 5 ms',
  'field.ioRatio': 'part of each task’s time spent waiting instead of computing',

  'group.parallelism': 'Parallelism',
  'group.request': 'Request',
  'group.limits': 'Limits',
  'group.politeness': 'Politeness and permissions',
  'group.extract': 'Extraction',
  'group.work': 'Work',
  'group.result': 'Judging results',
} as const satisfies Record<`field.${FieldKey}` | `group.${Field['group']}`, string>
