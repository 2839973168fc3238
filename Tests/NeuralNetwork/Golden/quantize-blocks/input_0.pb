J0ρ	9ASkBR«ΒkdΒv`KΒƒΫ3Aήχ€@±mA…“BS?
^Βÿy…A