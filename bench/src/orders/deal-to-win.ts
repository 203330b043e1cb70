/** A deal within policy, of an account of its own, so that nobody has to approve it. */
export function dealToWin({ name, account }: { readonly name: string; readonly account: string }) {
  const today = new Date().toISOString().slice(0, 10);
  return {
    name,
    account: { name: account, country: "DE" },
    owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
    currency: "USD",
    close_date: today,
    lines: [
      {
        product: "PRO",
        quantity: "25",
        unit_price: "480.00",
        list_price: "480.00",
        starts_on: today,
        term_months: 12,
      },
    ],
  };
}
