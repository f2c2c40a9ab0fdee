"""Write sqlkit.json, a Grafana dashboard of what the policy `Metrics` counts.

Run it with ``python -m docs.grafana.dashboard``; a test holds the file to it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import common, prometheus, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from docs.grafana.panels import CALLS, COLUMNS, DURATION, POOL, Graph

FILE = Path(__file__).with_name("sqlkit.json")

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")


def dashboard() -> build.Dashboard:
    """The whole dashboard."""
    page = (
        build.Dashboard("sqlkit")
        .uid("sqlkit")
        .description("Calls, pool and breaker of applications that use sqlkit")
        .tags(["postgresql", "sqlkit"])
        .time("now-1h", "now")
        .refresh("30s")
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .with_variable(build.DatasourceVariable("datasource").label("Source").type("prometheus"))
        .with_variable(
            build.QueryVariable("database")
            .label("Database")
            .datasource(SOURCE)
            .query(f"label_values({DURATION}_count, database)")
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .multi(True)
            .include_all(True)
            .all_value(".*")
        )
    )
    for title, graphs in (("Calls", CALLS), ("Pool and breaker", POOL)):
        page.with_row(build.Row(title))
        for graph in graphs:
            page.with_panel(_graph(graph))
    return page.with_row(build.Row("Queries")).with_panel(_queries())


def _graph(graph: Graph) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .title(graph.title)
        .description(graph.meaning)
        .datasource(SOURCE)
        .unit(graph.unit)
        .min(0)
        .fill_opacity(10)
        .show_points(options.VisibilityMode.NEVER)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
        )
        .height(8)
        .span(8)
    )
    for number, (legend, expression) in enumerate(graph.lines):
        line = prometheus.Dataquery().expr(expression).legend_format(legend)
        panel.with_target(line.ref_id("ABCDEF"[number]))
    return panel


def _queries() -> table.Panel:
    panel = table.Panel().title("Queries").datasource(SOURCE).height(12).span(24)
    names: dict[str, str] = {"query": "Query"}
    for ref, (title, unit, expression) in zip("ABCD", COLUMNS, strict=True):
        column = prometheus.Dataquery().expr(expression).instant()
        panel.with_target(column.format(PromQueryFormat.TABLE).ref_id(ref))
        panel.override_by_name(title, [model.DynamicConfigValue(id_val="unit", value=unit)])
        names[f"Value #{ref}"] = title
    merge = model.DataTransformerConfig(id_val="merge", options={})
    rename = {"excludeByName": {"Time": True}, "renameByName": names}
    return panel.with_transformation(merge).with_transformation(
        model.DataTransformerConfig(id_val="organize", options=rename)
    )


def text() -> str:
    """The dashboard as Grafana imports it."""
    built: Any = dashboard().build()
    return json.dumps(built, cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
