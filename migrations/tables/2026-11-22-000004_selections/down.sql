drop table selection_option_costs, selection_options, selection_trades, selection_trade_infos, selection_internals, selections,
    allowance_costs, allowances cascade;
