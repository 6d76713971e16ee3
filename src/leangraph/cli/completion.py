"""Completion of commands, options and paths. A path's next segment comes from Microsoft's metadata."""

from __future__ import annotations

import difflib
import json
import os
from typing import TYPE_CHECKING, Any, ClassVar, Final

from leangraph.errors import ConfigurationError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

SHELLS: Final = ("bash", "zsh", "fish", "powershell")
_REPORTS: Final = "reportRoot"

# The words go out as JSON, for PowerShell has taken their quotes off; what comes back may need quotes again.
_POWERSHELL: Final = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $words = @($before | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
        else { $_.Extent.Text }
    })
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = ConvertTo-Json -Compress -InputObject $words
    $env:COMP_WORD = $wordToComplete.Trim("'")
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            $text = if ($value -match '[^\\w./=:-]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_WORD -ErrorAction SilentlyContinue
    }
}
"""


def prepare() -> None:
    """Make PowerShell known, which click does not bring."""
    from click.shell_completion import ShellComplete, add_completion_class

    class PowerShell(ShellComplete):
        name: ClassVar[str] = "powershell"
        source_template: ClassVar[str] = _POWERSHELL

        def get_completion_args(self) -> tuple[list[str], str]:
            words = json.loads(os.environ.get("COMP_WORDS") or "[]")
            return (words if isinstance(words, list) else [words])[1:], os.environ.get("COMP_WORD", "")

        def format_completion(self, item: CompletionItem) -> str:
            return f"{item.value}\t{item.help or ''}"

    add_completion_class(PowerShell)


def script(commands: click.Command, shell: str) -> str:
    """Return what a shell has to evaluate."""
    from click.shell_completion import get_completion_class

    prepare()
    found = get_completion_class(shell)
    if found is None:
        raise ConfigurationError(f"{shell} is no shell that can complete: {', '.join(SHELLS)} are")
    return found(commands, {}, "leangraph", "_LEANGRAPH_COMPLETE").source()


def paths(_context: Any, _parameter: Any, incomplete: str) -> list[CompletionItem]:
    """Return the paths that go on from what has been typed; a key is offered as ``{id}``."""
    from click.shell_completion import CompletionItem

    from leangraph.knowledge import schema

    before, _, last = incomplete.rpartition("/")
    kind = (schema.leads_to(before) or "") if before.strip("/") else ""
    names = candidates(kind) if kind or not before.strip("/") else []
    return [CompletionItem(f"{before}/{name}") for name in names if name.lower().startswith(last.lower())]


def candidates(kind: str) -> list[str]:
    """Return the segments that may follow a type; for "" the roots."""
    from leangraph import knowledge as data
    from leangraph.knowledge import schema

    if not kind:
        return sorted(data.paths()["roots"])
    if kind.startswith("Collection("):
        return ["{id}", "$count", *sorted(schema.operations(kind))]
    return [*sorted(schema.navigation(kind)), *sorted(schema.operations(kind))]


def reports(_context: Any, _parameter: Any, incomplete: str) -> list[CompletionItem]:
    """Return the usage reports whose names go on from what has been typed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in _report_names() if name.lower().startswith(incomplete.lower())]


def report_named(name: str) -> str:
    """Return a report's name as Graph spells it, its parameters kept; a new one is left to Graph to judge.

    Raises:
        ConfigurationError: there is no such report, but one with nearly that name.
    """
    plain, bracket, rest = name.partition("(")
    names = _report_names()
    by_case = {each.lower(): each for each in names}
    spelled = by_case.get(plain.lower()) or by_case.get(f"get{plain.lower()}")
    if spelled is None and (near := difflib.get_close_matches(plain, names, cutoff=0.75)):
        raise ConfigurationError(f"there is no report {plain}; did you mean {' or '.join(near)}?")
    return f"{spelled or plain}{bracket}{rest}"


def _report_names() -> list[str]:
    from leangraph.knowledge import schema

    return sorted(name for name in schema.operations(_REPORTS) if name.startswith("get"))
