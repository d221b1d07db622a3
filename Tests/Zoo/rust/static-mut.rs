// R0920: computes in a static buffer, by unsafe code.
use reinit_plugin::*;

static mut VALUES: [f32; 1 << 16] = [0.0; 1 << 16];

struct Zoo;

impl Initializer for Zoo {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        let count = out.len();
        if count > 1 << 16 {
            return Err(Error::unsupported("the range is too long"));
        }
        // SAFETY: none; that is the fault.
        let values = unsafe { std::slice::from_raw_parts_mut(std::ptr::addr_of_mut!(VALUES).cast(), count) };
        fill.random().normal(fill.offset(), 0.0, deviation(fill), values);
        std::thread::sleep(std::time::Duration::from_micros(50));
        out.copy_from_slice(values);
        Ok(())
    }

    fn describe() -> InitializerInfo {
        InitializerInfo::new("normal values")
            .formula("gain / sqrt(fan_in) * z")
            .needs_fans()
            .param(Param::real("gain", 1.0, "factor of the deviation").min(0.001).max(1000.0))
    }
}

fn deviation(fill: &Fill) -> f32 {
    (fill.params.real("gain") / fill.fan_in().sqrt()) as f32
}

reinit_plugin! {
    id: "org.example.zoo.static-mut",
    initializers: { "zoo": Zoo },
}
