# needs: perl
perl -e '
    %h = map { $_ => $_ ** 2 } 1 .. 1000; $s += $h{$_} for keys %h; print "$s\n";
    print join(",", sort { $a <=> $b } map { $_ % 7 } 1 .. 20), "\n";
    $_ = "abc123"; print "$1\n" if /(\d+)/;
    open F, "|-", "cat" or die; print F "piped\n"; close F;
    print `echo from a child`;
    local $SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 5 }; print $@;
    printf "%.15g\n", exp 1;
    $pid = fork; exit 7 unless $pid; waitpid $pid, 0; print $? >> 8, "\n"'
