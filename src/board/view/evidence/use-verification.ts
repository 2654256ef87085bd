import { useEffect, useState } from 'preact/hooks';

import type { Report } from '../../../runtime/report/model/report.ts';
import { readPins, writePins, type Pins } from '../../proof/pins.ts';
import type { ProofVerdict } from '../../proof/proof-verdict.ts';
import { Unchecked } from '../../proof/refusal.ts';
import { useDesk } from '../shell/desk.ts';

export type Verification =
  | { kind: 'none'; why: string }
  /** Something of it can neither be believed nor refused here: nothing of it counts as verified. */
  | { kind: 'unchecked'; why: string }
  | { kind: 'asked' }
  | { kind: 'working'; done: number; total: number }
  | { kind: 'done'; verdict: ProofVerdict }
  | { kind: 'failed'; error: unknown };

/** A proof that is larger is fetched when somebody asks for it. */
const BY_ITSELF = 16 * 1_048_576;

/** Verdicts of this page, by the mission, its last entry and the keys that are pinned. */
const known = new Map<string, ProofVerdict>();

/** The proof of a mission, checked by this browser. */
export function useVerification(report: Report): {
  state: Verification;
  verify: () => void;
  pins: Pins;
  pin: (pins: Pins) => void;
} {
  const { api } = useDesk();
  const [pins, setPins] = useState(() => readPins(localStorage));
  const isOver = report.mission.finishedAt !== null;
  const key = `${report.mission.id} ${report.asOf.entry} ${JSON.stringify(pins)}`;
  const size = report.artifacts.reduce((sum, artifact) => sum + artifact.size, 0);
  const [state, setState] = useState<Verification>({ kind: 'asked' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const before = known.get(key);
    if (before !== undefined) return setState({ kind: 'done', verdict: before });
    if (!isOver)
      return setState({
        kind: 'none',
        why: 'A mission is sealed when it ends; until then there is nothing to verify as a whole.',
      });
    if (globalThis.crypto?.subtle === undefined) {
      return setState({ kind: 'none', why: 'This browser verifies only on pages that come over https, or from this machine.' });
    }
    if (turn === 0 && size > BY_ITSELF) return setState({ kind: 'asked' });
    const leave = new AbortController();
    setState({ kind: 'working', done: 0, total: 0 });
    const verifyIt = async (): Promise<void> => {
      try {
        const verdict = await check(leave.signal);
        known.set(key, verdict);
        if (!leave.signal.aborted) setState({ kind: 'done', verdict });
      } catch (error) {
        if (leave.signal.aborted) return;
        setState(error instanceof Unchecked ? { kind: 'unchecked', why: error.message } : { kind: 'failed', error });
      }
    };
    void verifyIt();
    return () => leave.abort();
  }, [key, isOver, turn]);

  async function check(signal: AbortSignal): Promise<ProofVerdict> {
    const [{ unpack }, { verifyProof }] = await Promise.all([
      import('../../proof/unpack.ts'),
      import('../../proof/verify-proof.ts'),
    ]);
    const { id } = report.mission;
    const files = await unpack(await api.archive(id, signal));
    const onProgress = (done: number, total: number): void => {
      if (!signal.aborted) setState({ kind: 'working', done, total });
    };
    return verifyProof({ mission: id, files, entries: report.proof.entries, pins, onProgress });
  }

  return {
    state,
    verify: () => setTurn((count) => count + 1),
    pins,
    pin: (chosen) => {
      writePins(localStorage, chosen);
      setPins(chosen);
    },
  };
}
