import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { LineAccount } from '../../line-account.ts';
import { isLooseRequirement } from './read-spec.ts';
import { deltaFaults, type Fault, mainSpecFaults } from './spec-faults.ts';
import type { SpecOutline } from './spec-outline.ts';

export function reportSpecFaults(account: LineAccount, outline: SpecOutline, diagnostics: DiagnosticList): void {
  report(mainSpecFaults(outline), account, diagnostics);
  reportLoose(account, outline, diagnostics);
}

export function reportDeltaFaults(account: LineAccount, outline: SpecOutline, diagnostics: DiagnosticList): void {
  report(deltaFaults(outline), account, diagnostics);
  reportLoose(account, outline, diagnostics);
}

function report(faults: readonly Fault[], { source }: LineAccount, diagnostics: DiagnosticList): void {
  for (const { code, line, message, hint } of faults)
    diagnostics.report(code, { file: source.path, line, column: 1 }, { message, hint });
}

function reportLoose({ source }: LineAccount, { strays }: SpecOutline, diagnostics: DiagnosticList): void {
  for (const { title, line } of strays.filter(isLooseRequirement)) {
    const message = `\`${title}\` is read as a requirement; OpenSpec itself passes it over.`;
    diagnostics.report(
      'OPENSPEC_HEADER_LOOSE',
      { file: source.path, line, column: 1 },
      { message, hint: 'Write `### Requirement: Name`.' },
    );
  }
}
