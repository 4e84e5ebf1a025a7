/** A dashboard without mistakes, with every key that a dashboard can have. */
export const DASHBOARD = `
title: Carer's Allowance
strapline: Service dashboard
tagline: How the Carer's Allowance service is performing.
published: true
department: { title: Department for Work and Pensions, abbr: DWP }
links: [{ title: Apply for Carer's Allowance, url: https://www.gov.uk/apply-carers-allowance }]
notes: [{ at: 2024-04-08, text: New rates from today }]
timezone: Europe/London
modules:
  - measure: digital_take_up
    data_set: carers-allowance/transactions-by-channel
    digital: [digital]
    channel: channel
  - measure: completion_rate
    data_set: carers-allowance/completion-rate
    started: { field: stage, is: start }
    completed: { field: stage, is: [done, sent] }
  - measure: user_satisfaction
    data_set: carers-allowance/user-satisfaction-score
    ratings: { field: rating, are: [[1, very-dissatisfied], 2, 3, 4, 5] }
  - measure: cost_per_transaction
    data_set: carers-allowance/cost-per-transaction
    cost: { sum: total_cost_pence }
    cost_in: pence
    transactions: { sum: transactions }
  - type: section
    title: Applications
    description: How many there are.
    modules:
      - type: grouped_timeseries
        slug: by-channel
        title: Applications by channel
        about: Counted when they are sent.
        data_set: carers-allowance/transactions-by-channel
        filter_by: { service: carers-allowance, year: 2024, is_test: false }
        value: count
        collect: sum
        period: week
        start_at: 2023-01-02
        duration: 52
        group_by: channel
        show: stacked
        format: { type: number, magnitude: true }
`;

/** The write API that it reads. */
export const WRITE_API = `
dashboards: dashboards
data_sets:
  - { data_group: carers-allowance, data_type: transactions-by-channel, token: "\${TOKEN}" }
  - { data_group: carers-allowance, data_type: completion-rate, token: "\${TOKEN}" }
  - { data_group: carers-allowance, data_type: user-satisfaction-score, token: "\${TOKEN}", name: ratings }
  - { data_group: carers-allowance, data_type: cost-per-transaction, token: "\${TOKEN}" }
`;
