// Asks one question and shows it: progress and report for people, one JSON line for programs.
import { askQuestion, type Answer, type Question } from './ask-question.js';
import { progressOn, type Screen } from './progress.js';
import { reportText } from './tell.js';

/** @returns the answer; its status says whether the run went well. @throws VanaError as the gateway answered */
export async function askAndTell(question: Question, json: boolean, screen: Screen): Promise<Answer> {
  if (json) {
    const answer = await askQuestion(question, () => undefined);
    screen.write(`${JSON.stringify({ run: answer })}\n`);
    return answer;
  }
  screen.write(`\nQuestion: ${question.text}\n\n`);
  const progress = progressOn(screen);
  const answer = await askQuestion(question, (event) => {
    progress.show(event);
  }).finally(() => {
    progress.finish();
  });
  screen.write(reportText(answer));
  return answer;
}

export function wentWell({ status }: Answer): boolean {
  return status === 'completed' || status === 'partial';
}
