// R0906: prints by println!.
include!("base.rs");

zoo! {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        println!("fill of {} elements", out.len());
        draw(fill, out)
    }
}
