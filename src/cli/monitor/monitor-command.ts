import { NexusError } from '../../base/errors.ts';
import type { CallContext } from '../../runtime/app/operations.ts';
import type { MissionView, StatusView } from '../../runtime/app/views.ts';
import { BaseCommand, type GlobalFlags } from '../base-command.ts';
import { followMission } from '../follow-mission.ts';
import { renderLogs } from '../render/logs.ts';
import { renderMission } from '../render/mission.ts';
import { openScreen } from '../screen.ts';
import { farewell } from './farewell.ts';
import { PACE } from './pace.ts';
import { type MonitorTerminal, openTerminal } from './terminal.ts';

/** A command that watches a mission. All that draws is loaded when there is a terminal to draw on. */
export abstract class MonitorCommand extends BaseCommand {
  protected async monitor(name: string, flags: GlobalFlags & { screenReader: boolean }): Promise<void> {
    if (flags.json) throw noDocument(name);
    const context = this.context(flags);
    const { id } = await this.call('status', { mission: name }, context);
    const color = !flags['no-color'];
    const terminal = await openTerminal(process.stdout, { color, screenReader: flags.screenReader });
    if (terminal === undefined) await this.#printed(id, context, flags);
    else await this.#shown(id, context, { terminal, remote: flags.remote !== undefined });
    const view = await this.call('status', { mission: id }, context);
    const options = { cwd: context.cwd, workspace: flags.workspace, remote: flags.remote };
    process.stdout.write(await this.text(missionOf(view), flags, (shown, screen) => renderMission(shown, screen, options)));
  }

  async #shown(
    mission: string,
    context: CallContext,
    { terminal, remote }: { terminal: MonitorTerminal; remote: boolean },
  ): Promise<void> {
    const [{ loadInk }, { watch }] = await Promise.all([import('./ink/load-ink.ts'), import('./watch.ts')]);
    // A control plane runs it for us; nobody has to stay with it.
    const begin = remote ? { beginOnly: true } : {};
    const model = await watch({
      source: {
        graph: async () => this.call('graph', { mission }, context),
        logs: async (after) => this.call('logs', { mission, ...(after === undefined ? {} : { after }) }, context),
        follow: await this.following(mission),
      },
      steer: async (word, about, signals) =>
        word === 'resume'
          ? this.call('resume', { mission }, { ...context, ...signals, ...begin })
          : this.call(word, { mission, ...about }, { ...context, ...signals, ...begin }),
      terminal,
      parts: await loadInk(),
      pace: remote ? PACE.remote : PACE.here,
    });
    process.stdout.write(farewell(model, { paint: terminal.paint, width: terminal.output.columns, live: true }));
  }

  /** No terminal: a line for each entry, until the mission is over. */
  async #printed(mission: string, context: CallContext, flags: GlobalFlags): Promise<void> {
    const { paint } = await openScreen(process.stderr, { color: !flags['no-color'] });
    process.stderr.write(`${paint.yellow('There is no terminal to draw on: a line is printed for each entry instead.')}\n`);
    const ask = {
      logs: async (id: string, after: number | undefined) =>
        this.call('logs', { mission: id, ...(after === undefined ? {} : { after }) }, context),
      status: async (id: string) => this.call('status', { mission: id }, context),
    };
    for await (const view of followMission(mission, ask)) {
      process.stdout.write(await this.text(view, flags, renderLogs));
      if (process.stdout.destroyed) return;
    }
  }
}

function missionOf({ milestones: _, items: __, ...view }: StatusView): MissionView {
  return { ...view, kind: 'Mission' };
}

function noDocument(mission: string): NexusError {
  return new NexusError('USAGE', 'The monitor is for people, and prints no document.', {
    hint: `\`spec-kit logs ${mission} --follow --json\` tells a program the same; \`spec-kit status ${mission} --json\` says how it stands.`,
  });
}
