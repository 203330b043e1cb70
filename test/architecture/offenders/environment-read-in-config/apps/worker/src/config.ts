export const virtue = process.env.DATABASE_URL;
