"""HTTP as every front end speaks it, without a web framework: errors, bodies, answers, headers, files, shapes."""
