import { testRooms } from '../rooms.js';

await testRooms('data');
