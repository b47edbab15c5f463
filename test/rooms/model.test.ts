import { testRooms } from '../rooms.js';

await testRooms('model');
