import { LineChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init as initChart, use, type ECharts } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { CanvasRenderer } from 'echarts/renderers'

// No more than lines on a grid, so that no more is sent to the page.
use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, LabelLayout, CanvasRenderer])

/** @returns A chart without series, in an element that holds nothing else. */
export function init(place: HTMLElement): ECharts {
  // The painter empties its place by writing to innerHTML, which a page with trusted types refuses; this place is
  // emptied without markup.
  Object.defineProperty(place, 'innerHTML', { set: () => place.replaceChildren() })
  return initChart(place, null, { renderer: 'canvas' })
}

export type { ECharts }
