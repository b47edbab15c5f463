import { workerData } from 'node:worker_threads';
import { worker } from 'workerpool';
import { trialRunner } from '../trial.js';

worker({ runTrial: trialRunner(workerData) });
