import { csv, tsv } from './kinds/csv.ts'
import { jsonl } from './kinds/jsonl.ts'
import { list } from './kinds/list.ts'
import { sitemap } from './kinds/sitemap.ts'
import type { SourceKind } from './source.ts'

/** Every kind of input. The first one that recognises the content or the name takes it; `list` takes the rest. */
export const SOURCES: readonly SourceKind[] = [sitemap, jsonl, csv, tsv, list]
